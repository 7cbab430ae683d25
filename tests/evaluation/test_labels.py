"""Labels as they are read from files and taken from generated incidents."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from evaluation.evaluate import END
from evaluation.firing import Slice
from evaluation.labels import Label, LabelError, labels_of, read_labels
from local_workspace.sample_data import incidents_before

if TYPE_CHECKING:
    from pathlib import Path

HEAD = "table,slice_key,slice_value,start,end,kind\n"
START = datetime(2026, 6, 1, 12, tzinfo=UTC)


def read(folder: Path, text: str) -> list[Label]:
    (folder / "incidents.csv").write_text(text, encoding="utf-8")
    return read_labels(folder)


def test_a_label_names_file_slice_and_time(tmp_path: Path) -> None:
    (label,) = read(
        tmp_path, HEAD + 'fact_x.y,job_name,"load, all",2026-06-01 12:00:00,2026-06-01 13:30:00,slow\n'
    )
    assert label == Label(
        "load, all 2026-06-01 12:00 slow",
        "fact_x.y",
        Slice("job_name", "load, all"),
        START,
        START + timedelta(minutes=90),
    )


def test_an_incident_without_an_end_is_taken_to_last_ten_minutes(tmp_path: Path) -> None:
    (label,) = read(tmp_path, HEAD + "fact_x.y,job_name,load,2026-06-01 12:00:00,,\n")
    assert label.end - label.start == timedelta(minutes=10)


def test_an_incident_without_a_slice_is_one_of_the_whole_table(tmp_path: Path) -> None:
    (label,) = read(tmp_path, HEAD + "fact_x.y,,,2026-06-01T12:00:00+02:00,,\n")
    assert (label.part, label.start) == (None, START - timedelta(hours=2))
    assert label.name == "whole table 2026-06-01 12:00"


def test_a_folder_without_labels_has_none(tmp_path: Path) -> None:
    assert read_labels(tmp_path) == []


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "table,slice_key,slice_value,begin\n",
            "has no column start, end; its first line must name table, slice_key, slice_value, start, end",
        ),
        (
            HEAD + "fact_x.y,,,yesterday,,\n",
            "line 2: start 'yesterday' is no time; write it like 2026-08-01 06:00:00",
        ),
        (
            HEAD + "fact_x.y,,,2026-06-01,2026-05-01,\n",
            "line 2: end '2026-05-01' is not after start '2026-06-01'",
        ),
    ],
)
def test_what_cannot_be_read_is_named(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(LabelError) as raised:
        read(tmp_path, text)
    assert str(raised.value).startswith(str(tmp_path / "incidents.csv"))
    assert str(raised.value).endswith(message)


def test_generated_incidents_are_labelled_with_their_slice_or_the_whole_table() -> None:
    labels = {label.name: label for label in labels_of(incidents_before(END))}
    assert labels["failing_job"].part == Slice("job_name", "bronze_orders_ingest")
    assert labels["brute_force_logins"].part is None
    assert labels["brute_force_logins"].table == "fact_audit_logs"
