import pytest
from databricks.sdk.errors import (
    InternalError,
    NotFound,
    PermissionDenied,
    ResourceAlreadyExists,
    ResourceConflict,
    ResourceDoesNotExist,
    Unauthenticated,
)
from databricks.sdk.errors.base import DatabricksError

from monitoring.operations.failures import explain


@pytest.mark.parametrize(
    ("error", "text"),
    [
        (NotFound("x"), "a.b.c has no monitor; deploy it: pulumi up (x)"),
        (ResourceDoesNotExist("x"), "a.b.c has no monitor; deploy it: pulumi up (x)"),
        (
            ResourceConflict("x"),
            "a.b.c is being changed or refreshed by someone else; try again when that is over (x)",
        ),
        (
            ResourceAlreadyExists("x"),
            "a.b.c is being changed or refreshed by someone else; try again when that is over (x)",
        ),
        (
            PermissionDenied("x"),
            (
                "you may not do this with the monitor of a.b.c; it takes its owner, or MANAGE on the table "
                "and USE on catalog and schema (x)"
            ),
        ),
        (
            Unauthenticated("x"),
            "the workspace does not accept the credentials; check DATABRICKS_TOKEN or log in again (x)",
        ),
        (InternalError("Cannot find Monitor"), "a.b.c: Cannot find Monitor"),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, DatabricksError) else "",
)
def test_an_error_is_told_by_its_class_and_never_by_its_text(error: DatabricksError, text: str) -> None:
    assert explain(error, "a.b.c") == text
