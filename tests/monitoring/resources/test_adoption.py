import asyncio
from collections.abc import Callable, Iterator

import pulumi
import pytest

from monitoring.domains import DOMAINS
from monitoring.operations import connection
from monitoring.operations.adopt import MONITOR, SCHEMA
from monitoring.resources.domain_monitor import DomainMonitor, DomainMonitorArgs
from monitoring.resources.output_schema import output_schema
from monitoring.resources.workspace import workspace_provider
from monitoring.settings import Settings
from tests.monitoring.resources.recording import record
from tests.monitoring.workspace_stub import WorkspaceStub, serving

URN = "urn:pulumi:dev::lakehouse-monitors"
PROVIDER = f"--provider workspace={URN}::pulumi:providers:databricks::workspace"


@pytest.fixture
def workspace() -> WorkspaceStub:
    return WorkspaceStub()


@pytest.fixture
def settings(workspace: WorkspaceStub, monkeypatch: pytest.MonkeyPatch) -> Iterator[Settings]:
    monkeypatch.setenv("DATABRICKS_TOKEN", "token")
    monkeypatch.setenv("DATABRICKS_CONFIG_FILE", "/dev/null")
    with serving(workspace) as host:
        yield Settings.from_stack("dev", {"catalog": "main", "gold_schema": "gold", "host": host}, {})


def run_hook(settings: Settings, name: str, urn: str, *, preview: bool = False) -> None:
    """Declare the stack's schema and cost monitor, and call one of their hooks as the engine would."""

    def program() -> None:
        provider = workspace_provider(settings.host)
        args = DomainMonitorArgs.from_settings(settings, DOMAINS[0], output_schema(settings, provider))
        DomainMonitor("cost", args, pulumi.ResourceOptions(providers=[provider]))

    recording = record(program, stack="dev", preview=preview)
    hook: Callable[[pulumi.ResourceHookArgs], object] = recording.hooks[name]
    arguments = pulumi.ResourceHookArgs(urn=urn, id="", name=name, type="")
    answer = hook(arguments)
    assert asyncio.iscoroutine(answer)
    asyncio.run(answer)


def monitor_urn() -> str:
    return f"{URN}::lakehouse:index:DomainMonitor${MONITOR}::cost"


def test_a_monitor_that_is_not_there_may_be_created(settings: Settings) -> None:
    run_hook(settings, "adopt-cost", monitor_urn())


def test_a_monitor_that_exists_is_not_created_again(settings: Settings, workspace: WorkspaceStub) -> None:
    workspace.monitors["main.gold.fact_usage"] = {"table_name": "main.gold.fact_usage"}
    with pytest.raises(pulumi.RunError) as raised:
        run_hook(settings, "adopt-cost", monitor_urn())
    assert str(raised.value) == (
        f"a monitor of main.gold.fact_usage exists on {settings.host}, but not in the state of this stack; "
        "adopt it, then run this again:\n"
        "  pulumi import databricks:index/qualityMonitor:QualityMonitor cost main.gold.fact_usage "
        "--stack dev "
        f"--parent parent={URN}::lakehouse:index:DomainMonitor::cost {PROVIDER} "
        "--protect=false --generate-code=false --yes"
    )


def test_a_preview_only_warns_because_it_may_be_a_replacement(
    settings: Settings, workspace: WorkspaceStub, monkeypatch: pytest.MonkeyPatch
) -> None:
    warnings: list[str] = []
    monkeypatch.setattr(pulumi.log, "warn", warnings.append)
    workspace.monitors["main.gold.fact_usage"] = {"table_name": "main.gold.fact_usage"}
    run_hook(settings, "adopt-cost", monitor_urn(), preview=True)
    (warning,) = warnings
    assert warning.endswith("\n  (Nothing to do when this preview replaces it.)")


def test_a_schema_that_exists_is_not_created_again(settings: Settings, workspace: WorkspaceStub) -> None:
    workspace.schemas["main.gold_monitoring"] = {"full_name": "main.gold_monitoring"}
    with pytest.raises(pulumi.RunError) as raised:
        run_hook(settings, "adopt-output-schema", f"{URN}::{SCHEMA}::output-schema")
    assert str(raised.value) == (
        f"the schema main.gold_monitoring exists on {settings.host}, but not in the state of this stack; "
        "adopt it, then run this again:\n"
        "  pulumi import databricks:index/schema:Schema output-schema main.gold_monitoring --stack dev "
        f"{PROVIDER} --protect=false --generate-code=false --yes"
    )


@pytest.fixture(autouse=True)
def no_client_is_kept() -> Iterator[None]:
    yield
    connection.connect.cache_clear()
