"""Evidently over daily windows: a data summary of each day, and the drift of all columns against the day before.

`python -P evidently.py PARQUET`.
"""

from __future__ import annotations

import json
import os
import sys
import time
import warnings

import pandas as pd

os.environ["DO_NOT_TRACK"] = "1"
from evidently import DataDefinition, Dataset, Report
from evidently.presets import DataDriftPreset, DataSummaryPreset

warnings.filterwarnings("ignore")

TIME = "start_time"

runs = pd.read_parquet(sys.argv[1]).drop(columns="compute_ids")
runs["run_date"] = pd.to_datetime(runs["run_date"])
definition = DataDefinition(
    numerical_columns=["run_duration_seconds", "run_duration_minutes"],
    datetime_columns=["start_time", "end_time", "run_date"],
    categorical_columns=[
        "account_id",
        "workspace_id",
        "job_id",
        "run_id",
        "job_name",
        "run_name",
        "run_type",
        "trigger_type",
        "result_state",
        "termination_code",
        "is_success",
    ],
)

began = time.perf_counter()
report = Report([DataSummaryPreset(), DataDriftPreset()])
windows = [
    Dataset.from_pandas(day, data_definition=definition)
    for _, day in runs.groupby(runs[TIME].dt.floor("D"))
    if len(day)
]
values = 0
for before, day in zip([None, *windows], windows):  # noqa: B905 - the first day has none before
    wanted = report if before is not None else Report([DataSummaryPreset()])
    values += len(wanted.run(day, before).dict()["metrics"])
seconds = time.perf_counter() - began

print(
    json.dumps({"seconds": seconds, "windows": len(windows), "columns": len(runs.columns), "values": values})
)
