"""`python -m local_workspace`."""

from local_workspace.cli import main

if __name__ == "__main__":
    main()
