"""The one provider through which the program talks to Databricks."""

from __future__ import annotations

import pulumi_databricks as databricks

from monitoring.operations.adopt import PROVIDER_NAME
from monitoring.operations.connection import HTTP_TIMEOUT_SECONDS, RETRY_TIMEOUT_SECONDS, is_local


def workspace_provider(host: str) -> databricks.Provider:
    """The provider for the workspace at ``host``.

    It gets no credentials: what is passed here would be kept in the state, and a later `refresh` or `destroy`
    would use that copy. It reads the environment (``DATABRICKS_*``) in its own process.
    """
    return databricks.Provider(
        PROVIDER_NAME,
        host=host,
        # Only a token suits the local workspace; this keeps a developer's other logins from being tried.
        auth_type="pat" if is_local(host) else None,
        http_timeout_seconds=HTTP_TIMEOUT_SECONDS,
        # Unset, the provider repeats an unanswered request for ever.
        retry_timeout_seconds=RETRY_TIMEOUT_SECONDS,
    )
