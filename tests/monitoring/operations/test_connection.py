import socket
from collections.abc import Iterator

import pytest

from monitoring.operations.connection import (
    NoCredentialsError,
    WorkspaceUnreachableError,
    connect,
    is_local,
    probe,
)
from tests.monitoring.workspace_stub import WorkspaceStub, serving


@pytest.fixture
def port() -> Iterator[int]:
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


def test_a_workspace_that_listens_passes_the_probe(port: int) -> None:
    probe(f"http://127.0.0.1:{port}")


def test_a_local_workspace_that_is_not_running_is_named_with_the_command_that_starts_it() -> None:
    with pytest.raises(WorkspaceUnreachableError) as raised:
        probe("http://127.0.0.1:9")
    assert str(raised.value) == (
        "the workspace http://127.0.0.1:9 does not answer ([Errno 111] Connection refused); "
        "start the local workspace: python -m local_workspace start"
    )


def test_an_unknown_address_is_named_with_where_it_comes_from(monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(*_address: object, timeout: float) -> socket.socket:
        raise socket.gaierror(-2, f"Name or service not known ({timeout:g})")

    monkeypatch.setattr(socket, "create_connection", unknown)
    with pytest.raises(WorkspaceUnreachableError) as raised:
        probe("https://no.example.com")
    assert str(raised.value) == (
        "the workspace https://no.example.com does not answer ([Errno -2] Name or service not known (1)); "
        "check the address (configuration key host, or DATABRICKS_HOST) and your network"
    )


def test_a_silent_address_is_given_up_after_the_wait() -> None:
    # A full queue of connections: the kernel answers no more of them.
    with socket.socket() as server, socket.socket() as first, socket.socket() as second:
        server.bind(("127.0.0.1", 0))
        server.listen(0)
        for filler in (first, second):
            filler.setblocking(False)
            filler.connect_ex(server.getsockname())
        with pytest.raises(WorkspaceUnreachableError, match=r"no answer within 0\.2 s"):
            probe(f"http://127.0.0.1:{server.getsockname()[1]}", seconds=0.2)


def test_behind_a_proxy_only_the_proxy_can_tell(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("https_proxy", "http://proxy.example.com:3128")
    monkeypatch.delenv("no_proxy", raising=False)
    monkeypatch.delenv("NO_PROXY", raising=False)
    probe("https://workspace.invalid")


@pytest.mark.parametrize(
    ("host", "local"), [("http://127.0.0.1:8080", True), ("https://x.cloud.databricks.com", False)]
)
def test_only_a_workspace_on_this_machine_is_local(host: str, local: bool) -> None:
    assert is_local(host) is local


def test_without_credentials_the_message_says_which_variable_to_set(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DATABRICKS_TOKEN", raising=False)
    monkeypatch.setenv("DATABRICKS_CONFIG_FILE", "/dev/null")
    with serving(WorkspaceStub()) as host, pytest.raises(NoCredentialsError) as raised:
        connect(host)
    assert str(raised.value).startswith(
        f"no credentials for {host}: set DATABRICKS_TOKEN, or what your kind of login needs ("
    )
