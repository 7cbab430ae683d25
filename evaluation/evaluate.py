"""Evaluates monitors one after the other: on sample data of a seed, and on the files of a folder."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from evaluation.labels import Label, labels_of, read_labels
from evaluation.matching import LabelledIncident, Score, score
from evaluation.monitored import MonitoredTable, monitored_table
from local_workspace.sample_data import DAYS, generate
from monitoring.alert_query import HOUR, MINUTES
from monitoring.domains import DOMAINS

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from monitoring.domain import Domain

END = datetime(2026, 7, 15, 13, tzinfo=UTC)
"""Where the sample data ends; any moment would do, and the incidents follow it."""
SHORT = "5 minutes"


@dataclass(frozen=True)
class Evaluation:
    """How the alerts of one monitor did on one set of data.

    Attributes:
        data: ``seed 7``, or the name of a file.
        monitor: name of the domain.
        granularities: of the monitor.
        score: how they did.
    """

    data: str
    monitor: str
    granularities: tuple[str, ...]
    score: Score


def evaluate_sample(seed: int, days: int = DAYS, domains: Sequence[Domain] = DOMAINS) -> Iterator[Evaluation]:
    """Evaluate every monitor on the sample data of a seed, one after the other.

    Args:
        seed: which random numbers the sample data draws.
        days: how many whole days it spans.
        domains: the monitors.
    """
    sample = generate(END, days, seed)
    labels = labels_of(sample.incidents)
    for domain in domains:
        with monitored_table(domain) as table:
            table.fill(sample)
            of_table = [label for label in labels if label.table == domain.gold_table]
            yield _evaluation(f"seed {seed}", domain, table, of_table)


def evaluate_files(folder: Path) -> Iterator[Evaluation]:
    """Evaluate every file ``<gold table>.<source>.parquet`` of a folder with the monitor that would watch it.

    A file is evaluated once more with short windows beside the monitor's own where these are too long for it:
    they cannot be judged because it is so short, or they are longer than one of its incidents.

    Raises:
        ValueError: the folder has no such file, a file is of no gold table, or the labels cannot be read.
    """
    files = sorted(folder.glob("*.parquet"))
    if not files:
        raise ValueError(f"{folder} has no file <gold table>.<source>.parquet; give a folder that has")
    labels = read_labels(folder)
    for file in files:
        domain = _domain_of(file)
        of_file = [label for label in labels if label.table == file.stem]
        as_deployed = _evaluated(file, domain, of_file)
        yield as_deployed
        lengths = [MINUTES[text] for text in domain.granularities]
        short = any(label.end - label.start < timedelta(minutes=min(lengths)) for label in of_file)
        if HOUR in lengths and (short or as_deployed.score.judged is None):
            yield _evaluated(file, replace(domain, granularities=(SHORT, *domain.granularities)), of_file)


def labels_without_file(folder: Path) -> list[str]:
    """The tables that the labels of a folder name and of which it has no file."""
    named = dict.fromkeys(label.table for label in read_labels(folder))
    return [table for table in named if not (folder / f"{table}.parquet").is_file()]


def _domain_of(file: Path) -> Domain:
    name = file.name.partition(".")[0]
    for domain in DOMAINS:
        if domain.gold_table == name:
            return domain
    known = ", ".join(domain.gold_table for domain in DOMAINS)
    raise ValueError(
        f"{file}: there is no gold table '{name}'; the file's name must begin with one of: {known}"
    )


def _evaluated(file: Path, domain: Domain, labels: Sequence[Label]) -> Evaluation:
    with monitored_table(domain) as table:
        table.load(file)
        return _evaluation(file.stem, domain, table, labels)


def _evaluation(data: str, domain: Domain, table: MonitoredTable, labels: Sequence[Label]) -> Evaluation:
    table.monitor()
    incidents = [
        LabelledIncident(label.name, label.start, label.end, label.part, table.touched(label.part))
        for label in labels
    ]
    found = score(table.firings(), incidents, table.judged())
    return Evaluation(data, domain.name, domain.granularities, found)
