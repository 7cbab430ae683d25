"""Runs the command line: ``python -m monitoring``."""

from monitoring.cli import app

app(prog_name="python -m monitoring")
