"""Which Databricks SDK the operations need.

Imports nothing of it: an old one lacks what the operations import, and whoever asks must still be able to say so.
"""

from __future__ import annotations

from importlib import metadata

PACKAGE = "databricks-sdk"
OLDEST = (0, 28, 0)
"""The first release whose monitors have every field that is used here."""
REQUIREMENT = f"{PACKAGE}>={'.'.join(map(str, OLDEST))}"


def installed_client() -> str:
    """The version that is installed; ``none`` when it is missing."""
    try:
        return metadata.version(PACKAGE)
    except metadata.PackageNotFoundError:
        return "none"


def is_recent_enough(version: str) -> bool:
    """Whether the operations can use this version; ``none`` is not."""
    return tuple(int(part) for part in version.split(".")[:3] if part.isdecimal()) >= OLDEST
