"""What can become of output tables; apart from the removal, so that the command line stays light."""

from __future__ import annotations

from enum import StrEnum


class Disposal(StrEnum):
    """What becomes of output tables."""

    KEEP = "keep"
    DROP = "drop"
    COPY = "copy"
    """Dropped after a copy was made, whose name says how long it is to be kept."""
