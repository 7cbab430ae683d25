"""What the commands that talk to a workspace do and print; each gives its exit code."""
