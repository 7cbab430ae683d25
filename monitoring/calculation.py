"""Puts a metric's SQL into words, for comments that people and Genie read."""

from __future__ import annotations


def in_words(definition: str) -> str:
    """The formula in words."""
    return definition
