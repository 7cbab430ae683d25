"""Prints `docs/sample-data.md`: `python -m local_workspace.sample_data > docs/sample-data.md`."""

from local_workspace.sample_data.documentation import page

print(page(), end="")
