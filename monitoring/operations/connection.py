"""How the operations reach a workspace. Credentials come from the environment only (``DATABRICKS_*``)."""

from __future__ import annotations

import contextlib
import socket
import urllib.request
from functools import cache
from urllib.parse import SplitResult, urlsplit

from databricks.sdk import WorkspaceClient
from databricks.sdk.core import Config

from monitoring import VERSION

PRODUCT = "lakehouse-monitors"
"""How requests name this program."""
PROBE_SECONDS = 1.0
HTTP_TIMEOUT_SECONDS = 60
RETRY_TIMEOUT_SECONDS = 30
"""How long a client repeats a request that was throttled or not answered; the default is minutes."""


class WorkspaceUnreachableError(Exception):
    """Nothing answers at the address of the workspace."""


class NoCredentialsError(Exception):
    """The environment holds no credentials for the workspace."""


def is_local(host: str) -> bool:
    """Whether ``host`` is a workspace on this machine: the only kind that is reached without TLS."""
    return urlsplit(host).scheme == "http"


def probe(host: str, seconds: float = PROBE_SECONDS) -> None:
    """Nothing, when something listens at ``host``: clients of a silent one would retry for ever.

    Raises:
        WorkspaceUnreachableError: nothing does; the message says what to do.
    """
    address = urlsplit(host)
    if _goes_through_a_proxy(address):
        # Only the proxy can tell whether the workspace answers.
        return
    name, port = address.hostname or "", address.port or {"http": 80}.get(address.scheme, 443)
    try:
        with contextlib.closing(socket.create_connection((name, port), timeout=seconds)):
            return
    except OSError as error:
        reason = f"no answer within {seconds:g} s" if isinstance(error, TimeoutError) else str(error)
    fix = (
        "start the local workspace: python -m local_workspace start"
        if is_local(host)
        else "check the address (configuration key host, or DATABRICKS_HOST) and your network"
    )
    raise WorkspaceUnreachableError(f"the workspace {host} does not answer ({reason}); {fix}")


@cache
def connect(host: str) -> WorkspaceClient:
    """The client of the workspace at ``host``, one for the whole process.

    Raises:
        NoCredentialsError: the environment holds no credentials.
    """
    try:
        return WorkspaceClient(
            config=Config(
                host=host,
                http_timeout_seconds=HTTP_TIMEOUT_SECONDS,
                retry_timeout_seconds=RETRY_TIMEOUT_SECONDS,
                product=PRODUCT,
                product_version=VERSION,
                # Only a token suits the local workspace; a developer's other logins must not be tried.
                auth_type="pat" if is_local(host) else None,
            )
        )
    except ValueError as error:
        raise NoCredentialsError(
            f"no credentials for {host}: set DATABRICKS_TOKEN, or what your kind of login needs ({error})"
        ) from error


def own_workspace() -> WorkspaceClient:
    """The client of the workspace that runs this code as a job, logged in as the one who runs it.

    Raises:
        NoCredentialsError: this is no job, and the environment names no workspace.
    """
    try:
        return WorkspaceClient(
            config=Config(http_timeout_seconds=HTTP_TIMEOUT_SECONDS, product=PRODUCT, product_version=VERSION)
        )
    except ValueError as error:
        raise NoCredentialsError(f"no workspace to work on: {error}") from error


def _goes_through_a_proxy(address: SplitResult) -> bool:
    proxies = urllib.request.getproxies()
    return address.scheme in proxies and not urllib.request.proxy_bypass(address.hostname or "")
