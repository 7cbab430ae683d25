"""Where the real measurements are, and what of them is compared."""

from __future__ import annotations

import os
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

from monitoring.domains import DOMAINS

if TYPE_CHECKING:
    from monitoring.domain import Domain

VARIABLE = "LAKEHOUSE_MONITORS_REAL_DATA"
BESIDE_THE_CHECKOUT = Path(__file__).parents[4] / "shared" / "data" / "real"


def folder() -> Path:
    """The folder of the real measurements, whether it is there or not."""
    given = os.environ.get(VARIABLE)
    return Path(given) if given else BESIDE_THE_CHECKOUT


def missing() -> str:
    """Why the tests are skipped; empty when there are files."""
    if any(folder().glob("*.parquet")):
        return ""
    return f"no real data: {folder()} has no .parquet file; {VARIABLE} names another folder"


class Period(StrEnum):
    """Which rows the first refresh reads."""

    LAST_DAYS = "last 30 days"
    """The file is loaded with its dates moved to now; the look-back leaves out what is older than 30 days."""
    WHOLE_FILE = "whole file"
    """The file is loaded as it is, and when the monitor is made the clock stands 29 days after its first row."""


READ_AS_A_WHOLE = (
    "fact_governance_metrics.mozilla",
    "fact_job_run_timeline.ci",
    "fact_node_timeline.aws",
    "fact_query_history.postgres",
    "fact_table_quality.covid",
)
"""Files of more than 30 days. The two years of fact_model_serving.census are left out: they have 149,053 windows of
slices, which take minutes."""


@dataclass(frozen=True)
class Case:
    """A file, and the part of it that is monitored."""

    file: Path
    period: Period

    @property
    def domain(self) -> Domain:
        """The domain whose gold table the file is for; its name is the part before the first point."""
        table = self.file.name.partition(".")[0]
        for domain in DOMAINS:
            if domain.gold_table == table:
                return domain
        raise ValueError(f"'{self.file}': no domain has a gold table '{table}'")

    def __str__(self) -> str:
        return f"{self.file.stem}, {self.period}"


def cases() -> list[Case]:
    """Every file of the folder, those of more than 30 days twice."""
    return [
        Case(file, period)
        for file in sorted(folder().glob("*.parquet"))
        for period in Period
        if period is Period.LAST_DAYS or file.stem in READ_AS_A_WHOLE
    ]
