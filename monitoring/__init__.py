"""Lakehouse monitors as code: what is deployed."""

VERSION = "0.1.0"
"""Of this program, as in pyproject.toml."""
