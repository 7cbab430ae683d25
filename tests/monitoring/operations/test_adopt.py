from databricks.sdk import WorkspaceClient

from monitoring.operations.adopt import ImportLine, schema_exists
from tests.monitoring.workspace_stub import WorkspaceStub

STACK_URN = "urn:pulumi:dev::lakehouse-monitors"


def test_the_import_line_names_parent_provider_and_protection() -> None:
    line = ImportLine(
        "dev",
        "databricks:index/qualityMonitor:QualityMonitor",
        "cost",
        "main.gold.fact_usage",
        provider_urn=f"{STACK_URN}::pulumi:providers:databricks::workspace",
        parent_urn=f"{STACK_URN}::lakehouse:index:DomainMonitor::cost",
        protect=True,
    )
    assert str(line) == (
        "pulumi import databricks:index/qualityMonitor:QualityMonitor cost main.gold.fact_usage --stack dev "
        f"--parent parent={STACK_URN}::lakehouse:index:DomainMonitor::cost "
        f"--provider workspace={STACK_URN}::pulumi:providers:databricks::workspace "
        "--protect=true --generate-code=false --yes"
    )


def test_a_resource_at_the_top_has_no_parent_and_odd_names_are_quoted_for_the_shell() -> None:
    line = str(ImportLine("dev", "databricks:index/schema:Schema", "s", "a.b c", provider_urn="urn:p$q"))
    assert "--parent" not in line
    assert " 'a.b c' " in line
    assert "'workspace=urn:p$q'" in line


def test_a_schema_is_found_by_its_name(client: WorkspaceClient, workspace: WorkspaceStub) -> None:
    assert not schema_exists(client, "main.out")
    workspace.schemas["main.out"] = {"full_name": "main.out"}
    assert schema_exists(client, "main.out")
