"""The queries of the alerts: which closed windows stand out from what is usual for their slice.

One query reads a profile table once, puts the watched metrics under each other and compares each judged window
with the earlier windows of the same slice that are like it: at most an hour apart in the time of day, on the same
kind of day (working day or weekend), within four weeks. Why it compares like this: ``docs/decisions/alerts.md``.

The SQL is Databricks SQL with common table expressions only, so that it runs wherever the tables are.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from monitoring.deviations import Scale

if TYPE_CHECKING:
    from collections.abc import Sequence

    from monitoring.deviations import Watch
    from monitoring.domain import Domain

MINUTES = {"5 minutes": 5, "30 minutes": 30, "1 hour": 60, "1 day": 1440}
"""Length of the granularities that alerts judge; longer windows are too few to tell what is usual."""
HOUR, DAY = 60, 1440
WEEKS_BACK = 4
LEAST_HISTORY = 6
"""Comparable windows without which a window is not judged."""
NEAR_MINUTES = 60
"""How far apart in the time of day windows may begin to be compared."""
WINDOWS_KEPT = 4
"""So many of the newest windows shorter than a day are judged, so that an alarm does not flap."""
DRIFT_SCORE = 6.0
"""How many times the usual straying a value must be away: rare enough for thousands of slices and hours."""
LIMIT_SCORE = 4.0
"""The same where a limit is crossed by the whole table: few values are judged, and the limit is a reason too. Chance
alone gives less than one such value of half a dozen metrics in a month of hours."""
LONGEST_RESULT = 100

_IDENTITY = ("granularity", "slice_key", "slice_value", "metric", "window_start")
_SCALED = {
    Scale.RELATIVE: "LN(value)",
    Scale.COUNT: "SQRT(value + 0.375)",
    Scale.SHARE: "value",
    Scale.LEVEL: "value",
}
_NOISE = {
    Scale.RELATIVE: "1 / SQRT(LEAST(row_count, usual_rows) * row_share)",
    Scale.COUNT: "0.5",
    Scale.SHARE: (
        "100 * SQRT(GREATEST(usual_value / 100 * (1 - usual_value / 100), 1 / (usual_rows * row_share))\n"
        "      / (row_count * row_share))"
    ),
    Scale.LEVEL: "1.0",
}
"""How far chance alone moves a value, as one standard deviation on its scale."""
_ESCAPES = str.maketrans({"\\": "\\\\", "'": "\\'", "\n": "\\n", "\r": "\\r"})
"""The names of slices are expressions, which may hold these; a line break would be indented with the query."""
_CHANGE = {
    Scale.RELATIVE: "100 * (value / usual_value - 1)",
    Scale.COUNT: "value - usual_value",
    Scale.SHARE: "value - usual_value",
    Scale.LEVEL: "value - usual_value",
}


@dataclass(frozen=True)
class AlertQuery:
    """A query that gives the windows that stand out, worst first; no row means that nothing does.

    Attributes:
        domain: whose profile table is read.
        profile_table: its full name.
        watches: the metrics.
        least_score: how far from usual a value must be.
        condition: what must hold besides, in terms of the columns of `scored`.
        totals_only: whether slices are left out.
        replay_days: None judges the newest windows; a number judges every window that closed in so many days,
            each with the windows before it only, as if the alert had run after each of them.
    """

    domain: Domain
    profile_table: str
    watches: tuple[Watch, ...]
    least_score: float
    condition: str
    totals_only: bool = False
    replay_days: int | None = None

    @property
    def granularities(self) -> tuple[str, ...]:
        """Those of the domain that are judged."""
        return tuple(text for text in self.domain.granularities if text in MINUTES)

    @property
    def text(self) -> str:
        """Databricks SQL."""
        return f"{self._scoring}\n{self._result()}"

    @property
    def coverage_text(self) -> str:
        """Databricks SQL: from when to when windows have enough history to be judged; NULL where none has."""
        return f"{self._scoring}\nSELECT MIN(window_start) AS first, MAX(window_end) AS last FROM scored"

    @property
    def _scoring(self) -> str:
        parts = {
            "newest": self._newest(),
            "readings": self._readings(),
            "scaled": self._scaled(),
            "judged": self._judged(),
            "sought": self._sought(),
            "comparable": self._comparable(),
            "middle": self._middle(),
            "usual": self._usual(),
            "scored": self._scored(),
            "followed": self._followed(),
        }
        listed = ",\n".join(f"{name} AS (\n{_indented(text)}\n)" for name, text in parts.items())
        return f"WITH {listed}"

    def _newest(self) -> str:
        table = ".".join(f"`{part}`" for part in self.profile_table.split("."))
        return (
            "SELECT *, MAX(monitor_version) OVER (\n"
            "    PARTITION BY granularity, slice_key, slice_value, window.start) AS newest_version\n"
            f"FROM {table}\n"
            "WHERE column_name = ':table' AND log_type = 'INPUT' AND "
            f"granularity IN ({_texts(self.granularities)})\n"
            "  AND window.end <= CURRENT_TIMESTAMP()\n"
            f"  AND window.start >= CURRENT_TIMESTAMP() - INTERVAL {self._days_read} DAYS"
        )

    def _readings(self) -> str:
        watched = ",\n".join(_watch_row(watch) for watch in self.watches)
        values = "\n".join(
            f"    WHEN '{watch.metric.name}' THEN CAST({watch.metric.name} AS DOUBLE)"
            for watch in self.watches
        )
        return (
            "SELECT window.start AS window_start, window.end AS window_end, granularity, slice_key, slice_value,\n"
            "  metric, scale, bad_side, smallest_change, row_share, `count` AS row_count,\n"
            f"  CASE metric\n{values}\n  END AS value,\n"
            "  DAYOFWEEK(window.start) IN (1, 7) AS weekend, HOUR(window.start) AS hour_of_day\n"
            f"FROM newest\nCROSS JOIN (VALUES\n{_indented(watched)}\n"
            ") AS watched (metric, scale, bad_side, smallest_change, row_share)\n"
            f"WHERE monitor_version = newest_version AND {self._slices()}"
        )

    def _slices(self) -> str:
        if self.totals_only:
            return "slice_key IS NULL"
        if not self.domain.trivial_slices:
            return "TRUE"
        trivial = _texts(self.domain.trivial_slices)
        # By these slices, rates and counts of outcomes are 0 or everything: only volumes and times tell.
        return f"(slice_key IS NULL OR slice_key NOT IN ({trivial}) OR scale = '{Scale.RELATIVE}')"

    @property
    def _days_read(self) -> int:
        return 7 * WEEKS_BACK + 2 + (self.replay_days or 0)

    def _scaled(self) -> str:
        return f"SELECT *, {_by_scale(_SCALED)} AS level\nFROM readings\nWHERE value IS NOT NULL"

    def _judged(self) -> str:
        return (
            f"SELECT *\nFROM scaled\nWHERE level IS NOT NULL AND row_count >= {self.domain.least_rows}\n"
            f"  AND ({self._lately()})"
        )

    def _lately(self) -> str:
        if self.replay_days is not None:
            return f"window_end > CURRENT_TIMESTAMP() - INTERVAL {self.replay_days} DAYS"
        late = 60 * self.domain.late_hours
        return " OR ".join(
            f"granularity = '{text}' AND window_end > CURRENT_TIMESTAMP() - INTERVAL {minutes + late} MINUTES"
            for text, minutes in self._kept_minutes.items()
        )

    @property
    def _kept_minutes(self) -> dict[str, int]:
        """How long after its end a window stands in the result."""
        lengths = {text: MINUTES[text] for text in self.granularities}
        return {text: length * (1 if length == DAY else WINDOWS_KEPT) for text, length in lengths.items()}

    def _believed(self) -> str:
        """Condition: a fall of a volume is judged when its rows have arrived, everything else at once."""
        if self.replay_days is not None or not self.domain.late_hours:
            return ""
        late = 60 * self.domain.late_hours
        falls = f"scale = '{Scale.RELATIVE}' AND score < 0"
        soon = " OR ".join(
            f"granularity = '{text}' AND window_end > CURRENT_TIMESTAMP() - INTERVAL {minutes} MINUTES"
            for text, minutes in self._kept_minutes.items()
        )
        return (
            f"\n  AND CASE WHEN {falls} THEN window_end <= CURRENT_TIMESTAMP() - INTERVAL {late} MINUTES\n"
            f"    ELSE {soon} END"
        )

    def _alone(self) -> str:
        """Condition: what is over within minutes shows in one window as much as is otherwise asked of two."""
        minutes = [text for text in self.granularities if MINUTES[text] < HOUR]
        if not minutes:
            return ""
        return f"\n    OR (granularity IN ({_texts(minutes)}) AND badness >= {1.5 * self.least_score})"

    def _sought(self) -> str:
        """Each judged window with the hours of the day in which windows like it begin: its own and those beside it."""
        return (
            "SELECT judged.*, PMOD(hour_of_day + shift, 24) AS like_hour,\n"
            f"  window_start - INTERVAL {7 * WEEKS_BACK} DAYS AS like_since\n"
            "FROM judged\nCROSS JOIN (VALUES (-1), (0), (1)) AS shifts (shift)"
        )

    def _comparable(self) -> str:
        identity = ", ".join(f"j.{name}" for name in _IDENTITY)
        return (
            f"SELECT {identity},\n"
            "  p.level, p.value, p.row_count, j.weekend = p.weekend AS same_kind_of_day\n"
            "FROM sought AS j\nJOIN scaled AS p\n"
            "  ON p.granularity = j.granularity AND p.metric = j.metric\n"
            "  AND p.slice_key <=> j.slice_key AND p.slice_value <=> j.slice_value\n"
            "  AND p.hour_of_day = j.like_hour\n"
            "  AND p.window_start >= j.like_since AND p.window_end <= j.window_start\n"
            "WHERE p.level IS NOT NULL"
        )

    def _middle(self) -> str:
        """What is usual: of the same kind of day, or of all days where that kind has not been seen often enough."""
        identity = ", ".join(_IDENTITY)
        return (
            f"SELECT {identity}, COUNT_IF(same_kind_of_day) AS same_kind_count,\n"
            f"  CASE WHEN COUNT_IF(same_kind_of_day) >= {LEAST_HISTORY}\n"
            "    THEN PERCENTILE(CASE WHEN same_kind_of_day THEN level END, 0.5)\n"
            "    ELSE PERCENTILE(level, 0.5) END AS usual_level\n"
            f"FROM comparable\nGROUP BY {identity}\nHAVING COUNT(*) >= {LEAST_HISTORY}"
        )

    def _usual(self) -> str:
        """The usual straying, as one standard deviation: from its middle, or from its tail where that is wider."""
        identity = ", ".join(f"m.{name}" for name in _IDENTITY)
        return (
            f"SELECT {identity}, usual_level,\n"
            "  PERCENTILE(value, 0.5) AS usual_value, PERCENTILE(row_count, 0.5) AS usual_rows,\n"
            "  GREATEST(1.4826 * PERCENTILE(ABS(level - usual_level), 0.5),\n"
            "    PERCENTILE(ABS(level - usual_level), 0.9) / 1.6449) AS straying\n"
            f"FROM comparable AS c\nJOIN middle AS m\n  ON {_same('m', 'c')}\n"
            f"WHERE same_kind_of_day OR same_kind_count < {LEAST_HISTORY}\n"
            f"GROUP BY {identity}, usual_level\n"
            f"HAVING PERCENTILE(row_count, 0.5) >= {self.domain.least_rows}"
        )

    def _scored(self) -> str:
        return (
            "SELECT j.*, u.usual_value,\n"
            "  (j.level - u.usual_level)\n"
            f"    / SQRT(POWER(u.straying, 2) + POWER({_by_scale(_NOISE)}, 2)) AS score,\n"
            f"  {_by_scale(_CHANGE)} AS change\n"
            f"FROM judged AS j\nJOIN usual AS u\n  ON {_same('u', 'j')}"
        )

    def _followed(self) -> str:
        series = "PARTITION BY granularity, slice_key, slice_value, metric ORDER BY window_start"
        return (
            "SELECT *, CASE bad_side WHEN 0 THEN ABS(score) ELSE bad_side * score END AS badness,\n"
            f"  LAG(window_end) OVER ({series}) AS previous_end,\n"
            f"  LAG(score) OVER ({series}) AS previous_score\nFROM scored"
        )

    def _result(self) -> str:
        limit = f"\nLIMIT {LONGEST_RESULT}" if self.replay_days is None else ""
        return (
            "SELECT window_start, window_end, granularity, slice_key, slice_value, metric,\n"
            "  value, usual_value, change, score, row_count\nFROM followed\n"
            f"WHERE badness >= {self.least_score}\n  AND {self.condition}\n"
            # A single short window may be a fluke; a cause lasts, and shows at least half as much before.
            "  AND (granularity = '1 day' OR (previous_end = window_start\n"
            f"    AND previous_score * SIGN(score) >= {self.least_score / 2}){self._alone()}){self._believed()}\n"
            f"ORDER BY badness DESC, window_start, slice_key, slice_value, metric{limit}"
        )


def large_enough() -> str:
    """Condition: the change reaches the smallest that is worth an alarm; of a count also a quarter of it."""
    return (
        "ABS(change) >= CASE scale"
        f" WHEN '{Scale.COUNT}' THEN GREATEST(smallest_change, 0.25 * usual_value) ELSE smallest_change END"
    )


def limit_crossed(watches: Sequence[Watch]) -> str:
    """Condition: the value is beyond a warning or critical limit and the usual value is not."""
    return f"{_beyond(watches, 'value')}\n  AND NOT {_beyond(watches, 'usual_value')}"


def _beyond(watches: Sequence[Watch], column: str) -> str:
    cases = []
    for watch in watches:
        threshold = watch.metric.threshold
        limits = (threshold.warning, threshold.critical) if threshold else ()
        held = " OR ".join(limit.sql(column) for limit in limits if limit)
        cases.append(f"WHEN '{watch.metric.name}' THEN {held}")
    return f"CASE metric {' '.join(cases)} END"


def _watch_row(watch: Watch) -> str:
    return (
        f"('{watch.metric.name}', '{watch.scale}', {watch.bad_side}, "
        f"{float(watch.smallest_change)}, {watch.row_share})"
    )


def _by_scale(cases: dict[Scale, str]) -> str:
    listed = " ".join(f"WHEN '{scale}' THEN {sql}" for scale, sql in cases.items())
    return f"CASE scale {listed} END"


def _same(left: str, right: str) -> str:
    return " AND ".join(
        f"{left}.{name} {'<=>' if name.startswith('slice') else '='} {right}.{name}" for name in _IDENTITY
    )


def _texts(values: Sequence[str]) -> str:
    return ", ".join(f"'{value.translate(_ESCAPES)}'" for value in values)


def _indented(text: str) -> str:
    return "\n".join(f"  {line}" for line in text.split("\n"))
