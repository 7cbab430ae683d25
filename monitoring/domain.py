"""A domain: one gold table, how it is watched, and its metrics."""

from __future__ import annotations

from dataclasses import dataclass

from monitoring.metrics import Kind, Metric
from monitoring.nearest import did_you_mean


@dataclass(frozen=True)
class Schedule:
    """When a monitor refreshes by itself."""

    quartz: str
    """Quartz cron with seconds first, such as ``0 0 6 * * ?``."""
    timezone: str = "UTC"
    """IANA name of the time zone in which the cron text is read."""


@dataclass(frozen=True)
class Domain:
    """What one monitor watches. Data only: the files in ``monitoring/domains`` are made of these."""

    name: str
    title: str
    gold_table: str
    grain: str
    """What one row of the gold table is, for the texts: ``finished job run``."""
    timestamp_column: str
    granularities: tuple[str, ...]
    slices: tuple[str, ...]
    schedule: Schedule | None
    """None: the monitor refreshes only when somebody asks for it."""
    agent_domain: str
    metrics: tuple[Metric, ...]
    main_metrics: tuple[str, ...]
    """The profile metrics to look at first, by name."""
    questions: tuple[str, str, str]
    """Three questions that the profile table answers."""
    drift_questions: tuple[str, str, str]
    """Three questions that the drift table answers."""
    more_dashboard_metrics: tuple[str, ...] = ()
    """Profile metrics that the dashboard shows over time besides the main ones."""
    personal_columns: tuple[str, ...] = ()
    """Columns of the gold table that hold personal data: their values reach the output tables as slices and in
    the built-in ``frequent_items``."""
    trivial_slices: tuple[str, ...] = ()
    """Slices on a column that metrics test: by these, rates are 0 or 100 and only volumes and costs tell."""
    also_watched: tuple[str, ...] = ()
    """Profile metrics that alerts watch beside those that a drift metric compares."""
    least_rows: int = 20
    """Alerts leave windows with fewer rows alone: their rates and percentiles say little."""
    rows_alike: int = 1
    """How many rows in a row say much the same, as the measurements of a machine within an hour do: for what chance
    can do to a share of rows, so many count as one."""
    late_hours: int = 0
    """How long rows of a closed window may still arrive; alerts believe in a fall only after that."""

    @property
    def profile_table(self) -> str:
        """Bare name of the profile table; the service makes it up from the gold table's name."""
        return f"{self.gold_table}_profile_metrics"

    @property
    def drift_table(self) -> str:
        """Bare name of the drift table."""
        return f"{self.gold_table}_drift_metrics"

    @property
    def impersonal_slices(self) -> tuple[str, ...]:
        """The slices whose values are no personal data."""
        return tuple(name for name in self.slices if name not in self.personal_columns)

    @property
    def ordered_metrics(self) -> tuple[Metric, ...]:
        """The metrics in the order of creation: aggregate, derived, drift; within a kind as listed."""
        return tuple(metric for kind in Kind for metric in self.metrics if metric.kind is kind)

    @property
    def profile_metrics(self) -> tuple[Metric, ...]:
        """The metrics that are columns of the profile table."""
        return tuple(metric for metric in self.ordered_metrics if metric.kind is not Kind.DRIFT)

    @property
    def drift_metrics(self) -> tuple[Metric, ...]:
        """The metrics that are columns of the drift table."""
        return tuple(metric for metric in self.metrics if metric.kind is Kind.DRIFT)

    def metric(self, name: str) -> Metric:
        """The metric of that name.

        Raises:
            KeyError: there is none; the message has the nearest one.
        """
        for metric in self.metrics:
            if metric.name == name:
                return metric
        near = did_you_mean(name, [metric.name for metric in self.metrics])
        raise KeyError(f"domain '{self.name}' has no metric '{name}'{near}")
