"""The two APIs of the service that keep monitors."""

from __future__ import annotations

from enum import StrEnum


class Api(StrEnum):
    """Through which API a stack keeps its monitors; both show one and the same monitor of a table."""

    LEGACY = "legacy"
    """By table name (``/unity-catalog/tables/{table}/monitor``): deprecated, and still what bundles use."""
    V1 = "v1"
    """By UUID (``/data-quality/v1/monitors``): in Public Preview."""

    @property
    def other(self) -> Api:
        """The one that is not this one."""
        return Api.V1 if self is Api.LEGACY else Api.LEGACY
