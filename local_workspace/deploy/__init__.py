"""`python -m local_workspace deploy`: the Pulumi program deployed to a local workspace, values on screen.

The steps are in `run.py`; each is what a person would type by hand, and `run.py` prints it as such.
"""
