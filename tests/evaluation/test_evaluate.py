"""Whole evaluations of short data on a local workspace in this process."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from evaluation import monitored
from evaluation.evaluate import END, Evaluation, evaluate_files, evaluate_sample, labels_without_file
from evaluation.figures import figures, shortfalls
from evaluation.labels import LabelError
from evaluation.monitored import monitored_table
from local_workspace.sample_data import generate
from monitoring.domains import governance, inference, quality

if TYPE_CHECKING:
    from pathlib import Path

DAYS = 40
SEED = 11
"""Of none of the evaluations that anybody looked at."""
DROP = "fact_governance_metrics.made,source_catalog_name,finance,2026-06-30,2026-07-05,documentation_drop\n"
LOST = "fact_governance_metrics.made,source_catalog_name,main,2026-07-09,2026-07-12,grants_lost\n"


@pytest.fixture(scope="module")
def sample_evaluations() -> list[Evaluation]:
    return list(evaluate_sample(SEED, DAYS, (quality.DOMAIN, governance.DOMAIN)))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder as real data comes in, here with generated rows of one table."""
    made = tmp_path_factory.mktemp("files")
    sample = generate(END, DAYS, SEED)
    table = "fact_governance_metrics"
    files = replace(sample, tables={table: sample.tables[table]}).write_parquet(made)
    files[table].rename(made / f"{table}.made.parquet")
    return made


def labelled(folder: Path, *lines: str) -> Evaluation:
    head = "table,slice_key,slice_value,start,end,kind\n"
    (folder / "incidents.csv").write_text(head + "".join(lines), encoding="utf-8")
    (found,) = evaluate_files(folder)
    return found


def test_the_incidents_of_a_seed_are_found_in_their_slices_without_false_alarms(
    sample_evaluations: list[Evaluation],
) -> None:
    rows = [figures(each) for each in sample_evaluations]
    names = ("data", "monitor", "incidents", "found", "in_their_slice", "missed", "false_alarms")
    assert [[row[name] for name in names] for row in rows] == [
        ["seed 11", "quality", 2, 2, 2, [], 0],
        ["seed 11", "governance", 2, 2, 2, [], 0],
    ]
    assert shortfalls(rows) == []


def test_an_incident_of_a_day_is_heard_after_its_day_on_the_schedule_of_the_alert(
    sample_evaluations: list[Evaluation],
) -> None:
    hours = {each.monitor: figures(each)["median_delay_hours"] for each in sample_evaluations}
    assert hours == {"quality": 24 + 7.5, "governance": 24 + 6.5}


def test_the_first_days_of_a_table_are_not_judged(sample_evaluations: list[Evaluation]) -> None:
    judged = sample_evaluations[1].score.judged
    assert judged is not None
    assert (END - judged.start).days == DAYS - 6
    assert (END - judged.end).days == 0


def test_asking_piece_by_piece_gives_what_asking_at_once_gives(monkeypatch: pytest.MonkeyPatch) -> None:
    with monitored_table(inference.DOMAIN) as table:
        table.fill(generate(END, DAYS, SEED))
        table.monitor()
        monkeypatch.setattr(monitored, "PIECE", timedelta(days=DAYS + 1))
        at_once = table.firings()
        monkeypatch.setattr(monitored, "PIECE", timedelta(days=3))
        assert table.firings() == at_once
    assert {each.granularity for each in at_once} == {"1 hour", "1 day"}


def test_a_labelled_file_is_evaluated_as_generated_rows_are(
    folder: Path, sample_evaluations: list[Evaluation]
) -> None:
    found = labelled(folder, DROP, LOST)
    assert found.data == "fact_governance_metrics.made"
    assert found.score.found == 2
    assert found.score.judged == sample_evaluations[1].score.judged


def test_what_no_label_explains_is_a_false_alarm(folder: Path) -> None:
    found = labelled(folder, DROP)
    assert found.score.found == 1
    assert [each.start.isoformat()[:10] for each in found.score.false_alarms] == ["2026-07-09"]


def test_without_labels_every_alarm_is_false(folder: Path) -> None:
    (folder / "incidents.csv").unlink(missing_ok=True)
    (found,) = evaluate_files(folder)
    starts = {each.start.isoformat()[:10] for each in found.score.false_alarms}
    assert found.score.outcomes == ()
    assert {"2026-06-30", "2026-07-09"} <= starts


def test_a_label_of_a_slice_that_cannot_be_computed_is_named(folder: Path) -> None:
    with pytest.raises(
        LabelError, match="slice_key 'colour' cannot be computed from fact_governance_metrics"
    ):
        labelled(folder, "fact_governance_metrics.made,colour,red,2026-06-30,2026-07-05,\n")


def test_labels_of_a_file_that_is_not_there_are_told(folder: Path) -> None:
    labelled(folder, DROP, DROP.replace("made", "lost"))
    assert labels_without_file(folder) == ["fact_governance_metrics.lost"]


def test_a_folder_without_files_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"has no file <gold table>\.<source>\.parquet"):
        list(evaluate_files(tmp_path))


def test_a_file_of_no_gold_table_is_named(tmp_path: Path) -> None:
    (tmp_path / "fact_weather.made.parquet").touch()
    with pytest.raises(ValueError, match=r"there is no gold table 'fact_weather'; .* one of: fact_usage"):
        list(evaluate_files(tmp_path))
