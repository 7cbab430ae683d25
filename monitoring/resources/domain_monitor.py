"""One monitored domain: the monitor of its gold table and the comments of its two output tables."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pulumi

from monitoring.api import Api
from monitoring.descriptions import TableText, table_comments
from monitoring.operations.adopt import COMPONENT
from monitoring.resources.adoption import stop_when_monitor_exists
from monitoring.resources.data_quality_monitor import DataQualityMonitor
from monitoring.resources.legacy_monitor import LegacyMonitor
from monitoring.resources.moving import (
    API,
    LET_GO,
    MONITOR_ID,
    Move,
    PreviousState,
    child_urn,
    component_urn,
    find_move,
)
from monitoring.resources.table_comments import TableComments

if TYPE_CHECKING:
    from monitoring.domain import Domain
    from monitoring.resources.monitor_resource import MonitorResource
    from monitoring.resources.output_schema import OutputSchema
    from monitoring.settings import Settings

TYPE = COMPONENT
"""Part of every URN below the component: another token would need aliases in every stack."""
RESOURCES: dict[Api, MonitorResource] = {Api.LEGACY: LegacyMonitor(), Api.V1: DataQualityMonitor()}
"""The resource through which each API keeps a monitor."""
PREVIOUS_NAMES: dict[str, str] = {}
"""Names before a rename, new to old; an entry stays for one full release in every stack."""


@dataclass(frozen=True)
class DomainMonitorArgs:
    """What a domain monitor is made from, in the words of the stack and of the domain."""

    domain: Domain
    table: str
    """Full name of the gold table."""
    output_schema: OutputSchema
    """The schema that gets the output tables."""
    profile_table: str
    """Full name of the profile table; the service makes it up from the gold table's name."""
    drift_table: str
    """Full name of the drift table."""
    assets_dir: str
    """Workspace folder for what the service makes beside the tables."""
    host: str
    """Address of the workspace."""
    api: Api = Api.LEGACY
    """The API that keeps the monitor."""
    previous: PreviousState = field(default_factory=PreviousState)
    """What the state held when the program started; tells whether the other API kept the monitor so far."""
    warehouse_id: str | None = None
    """SQL warehouse that writes the comments; the first running one when None."""
    failure_emails: tuple[str, ...] = ()
    """Who is told when a refresh fails."""
    comment_wait_seconds: int = 0
    """How long to wait for each output table before its comments are recorded as pending."""
    protect: bool = False
    """Whether neither monitor nor comments may be deleted, not even to be replaced."""

    @classmethod
    def from_settings(
        cls, settings: Settings, domain: Domain, output_schema: OutputSchema, previous: PreviousState
    ) -> DomainMonitorArgs:
        """The arguments of one domain of a stack."""
        return cls(
            domain=domain,
            table=settings.gold_table_name(domain),
            output_schema=output_schema,
            profile_table=settings.profile_table_name(domain),
            drift_table=settings.drift_table_name(domain),
            assets_dir=settings.assets_dir,
            host=settings.host,
            api=settings.api,
            previous=previous,
            warehouse_id=settings.warehouse_id,
            failure_emails=settings.failure_emails,
            comment_wait_seconds=settings.comment_wait_seconds,
            protect=settings.protect,
        )


class DomainMonitor(pulumi.ComponentResource):
    """The monitor of a domain, with documented output tables."""

    table: pulumi.Output[str]
    """Full name of the monitored table."""
    profile_table: pulumi.Output[str]
    """Full name of the table with the metrics per window."""
    drift_table: pulumi.Output[str]
    """Full name of the table with the changes from window to window."""
    dashboard_id: pulumi.Output[str | None]
    """Id of the dashboard that the service made; None without one."""
    comments: pulumi.Output[dict[str, str]]
    """State of the comments by output table, ``profile`` and ``drift``: ready, partial or pending."""

    def __init__(
        self, name: str, args: DomainMonitorArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        own = pulumi.ResourceOptions(protect=args.protect, aliases=_aliases(name))
        super().__init__(
            TYPE,
            name,
            {"table": args.table, "output_schema": args.output_schema.full_name},
            pulumi.ResourceOptions.merge(opts, own),
        )
        self._args = args
        move = self._find_move()
        declared = RESOURCES[args.api].declare(name, args, self._monitor_options(move))
        self.monitor = declared.resource
        texts = table_comments(args.domain)
        self.profile_comments = self._comments("profile", args.profile_table, texts["profile"])
        self.drift_comments = self._comments("drift", args.drift_table, texts["drift"])
        self.table = declared.table
        self.profile_table = declared.profile_table
        self.drift_table = declared.drift_table
        self.dashboard_id = declared.dashboard_id
        self.comments = pulumi.Output.all(
            profile=self.profile_comments.state, drift=self.drift_comments.state
        )
        self.register_outputs(
            {
                **self.summary,
                API: args.api.value,
                MONITOR_ID: self.monitor.id,
                LET_GO: self._let_go(move),
            }
        )

    @property
    def summary(self) -> dict[str, pulumi.Output[Any]]:
        """What the stack says about the monitor.

        Without the dashboard: a preview takes an output that is not there for one that is about to change.
        """
        return {
            "table": self.table,
            "profile_table": self.profile_table,
            "drift_table": self.drift_table,
            "comments": self.comments,
        }

    def _find_move(self) -> Move | None:
        name, args = self.pulumi_resource_name, self._args
        return find_move(
            args.previous,
            component_urn(TYPE, name),
            child_urn(TYPE, RESOURCES[args.api.other].type_, name),
            args.api,
            lambda: RESOURCES[args.api].import_id(args),
        )

    def _monitor_options(self, move: Move | None) -> pulumi.ResourceOptions:
        name, args, resource = self.pulumi_resource_name, self._args, RESOURCES[self._args.api]
        return pulumi.ResourceOptions(
            parent=self,
            # A table has one monitor: a second one would be refused while the first is there.
            delete_before_replace=True,
            replace_on_changes=resource.replace_on_changes,
            # An imported monitor lacks these in the state, which must not replace it. A change of them still
            # does, through the trigger: against an import, which has none, the engine does not compare it.
            ignore_changes=resource.ignore_changes,
            replacement_trigger=resource.replacement_trigger(args),
            import_=move.import_id if move else None,
            protect=True if move and move.protect else None,
            hooks=stop_when_monitor_exists(name, resource, args),
        )

    def _let_go(self, move: Move | None) -> pulumi.Input[str] | None:
        """Let go of the other API's resource, once this one is there; gives what the component says of it."""
        other = self._args.api.other
        if move is None or move.let_go_id is None:
            return None if move is None else other.value
        options = pulumi.ResourceOptions(parent=self, depends_on=[self.monitor])
        read = RESOURCES[other].let_go(self.pulumi_resource_name, self._args, move.let_go_id, options)
        return read.id.apply(lambda _: other.value)

    def _comments(self, which: str, table: str, texts: TableText) -> TableComments:
        return TableComments(
            f"{self.pulumi_resource_name}-{which}-comments",
            host=self._args.host,
            full_name=table,
            comments=texts,
            warehouse_id=self._args.warehouse_id,
            wait_seconds=self._args.comment_wait_seconds,
            opts=pulumi.ResourceOptions(parent=self, depends_on=[self.monitor], deleted_with=self.monitor),
        )


def _aliases(name: str) -> list[pulumi.Alias]:
    old = PREVIOUS_NAMES.get(name)
    return [pulumi.Alias(name=old)] if old else []
