import asyncio
from collections.abc import Callable, Iterator

import pulumi
import pytest

from monitoring.api import Api
from monitoring.domains import DOMAINS
from monitoring.operations import connection
from monitoring.operations.adopt import SCHEMA
from monitoring.resources.domain_monitor import RESOURCES, DomainMonitor, DomainMonitorArgs
from monitoring.resources.moving import PreviousState
from monitoring.resources.output_schema import output_schema
from monitoring.resources.workspace import workspace_provider
from monitoring.settings import Settings
from tests.monitoring.resources.recording import record
from tests.monitoring.workspace_stub import StubTable, WorkspaceStub, serving

URN = "urn:pulumi:dev::lakehouse-monitors"
PROVIDER = f"--provider workspace={URN}::pulumi:providers:databricks::workspace"


@pytest.fixture
def workspace() -> WorkspaceStub:
    return WorkspaceStub()


@pytest.fixture
def settings(workspace: WorkspaceStub, monkeypatch: pytest.MonkeyPatch) -> Iterator[Settings]:
    workspace.tables["main.gold.fact_usage"] = StubTable()
    monkeypatch.setenv("DATABRICKS_TOKEN", "token")
    monkeypatch.setenv("DATABRICKS_CONFIG_FILE", "/dev/null")
    with serving(workspace) as host:
        yield Settings.from_stack("dev", {"catalog": "main", "gold_schema": "gold", "host": host}, {})


def run_hook(settings: Settings, name: str, urn: str, *, preview: bool = False) -> None:
    """Declare the stack's schema and cost monitor, and call one of their hooks as the engine would."""

    def program() -> None:
        provider = workspace_provider(settings.host)
        schema = output_schema(settings, provider)
        args = DomainMonitorArgs.from_settings(settings, DOMAINS[0], schema, PreviousState())
        DomainMonitor("cost", args, pulumi.ResourceOptions(providers=[provider]))

    recording = record(program, stack="dev", preview=preview)
    hook: Callable[[pulumi.ResourceHookArgs], object] = recording.hooks[name]
    arguments = pulumi.ResourceHookArgs(urn=urn, id="", name=name, type="")
    answer = hook(arguments)
    assert asyncio.iscoroutine(answer)
    asyncio.run(answer)


def monitor_urn(settings: Settings) -> str:
    return f"{URN}::lakehouse:index:DomainMonitor${RESOURCES[settings.api].type_}::cost"


def test_a_monitor_that_is_not_there_may_be_created(settings: Settings) -> None:
    run_hook(settings, "adopt-cost", monitor_urn(settings))


def test_a_monitor_that_exists_is_not_created_again(settings: Settings, workspace: WorkspaceStub) -> None:
    workspace.monitors["main.gold.fact_usage"] = {"table_name": "main.gold.fact_usage"}
    with pytest.raises(pulumi.RunError) as raised:
        run_hook(settings, "adopt-cost", monitor_urn(settings))
    assert str(raised.value) == (
        f"a monitor of main.gold.fact_usage exists on {settings.host}, but not in the state of this stack; "
        "adopt it, then run this again:\n"
        "  pulumi import databricks:index/qualityMonitor:QualityMonitor cost main.gold.fact_usage "
        "--stack dev "
        f"--parent parent={URN}::lakehouse:index:DomainMonitor::cost {PROVIDER} "
        "--protect=false --generate-code=false --yes"
    )


def test_a_monitor_that_v1_keeps_is_adopted_under_the_uuid_of_its_table(
    settings: Settings, workspace: WorkspaceStub
) -> None:
    through_v1 = settings.model_copy(update={"api": Api.V1})
    run_hook(through_v1, "adopt-cost", monitor_urn(through_v1))
    workspace.monitors["main.gold.fact_usage"] = {"table_name": "main.gold.fact_usage"}
    with pytest.raises(pulumi.RunError) as raised:
        run_hook(through_v1, "adopt-cost", monitor_urn(through_v1))
    assert str(raised.value).splitlines()[1] == (
        "  pulumi import databricks:index/dataQualityMonitor:DataQualityMonitor cost "
        "table,id-of-main.gold.fact_usage --stack dev "
        f"--parent parent={URN}::lakehouse:index:DomainMonitor::cost {PROVIDER} "
        "--protect=false --generate-code=false --yes"
    )


def test_a_preview_only_warns_because_it_may_be_a_replacement(
    settings: Settings, workspace: WorkspaceStub, monkeypatch: pytest.MonkeyPatch
) -> None:
    warnings: list[str] = []
    monkeypatch.setattr(pulumi.log, "warn", warnings.append)
    workspace.monitors["main.gold.fact_usage"] = {"table_name": "main.gold.fact_usage"}
    run_hook(settings, "adopt-cost", monitor_urn(settings), preview=True)
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
