"""NannyML over daily windows: all univariate drift methods against the day before, and all summary statistics.

`python -P nannyml.py PARQUET`. A calculator compares with one reference, so that each day has a drift calculator of its
own; statistics that need no reference are computed for all days at once.
"""

from __future__ import annotations

import json
import os
import sys
import time
import warnings

import pandas as pd

os.environ["NML_DISABLE_USAGE_LOGGING"] = "1"
import nannyml

warnings.filterwarnings("ignore")

TIME = "start_time"
NUMBERS = ["run_duration_seconds", "run_duration_minutes"]
CONTINUOUS = ["kolmogorov_smirnov", "jensen_shannon", "wasserstein", "hellinger"]
CATEGORICAL = ["chi2", "jensen_shannon", "l_infinity", "hellinger"]

runs = pd.read_parquet(sys.argv[1]).drop(columns="compute_ids")
runs[TIME] = runs[TIME].astype("datetime64[ns]")
# It knows numbers and categories only: dates as numbers, truth values as texts.
for name in ("end_time", "run_date"):
    runs[name] = runs[name].astype("datetime64[s]").astype("int64")
    NUMBERS.append(name)
runs["is_success"] = runs["is_success"].astype(str)
TEXTS = [name for name in runs.columns if name not in NUMBERS and name != TIME]

began = time.perf_counter()
windows = [day for _, day in runs.groupby(runs[TIME].dt.floor("D")) if len(day)]
statistics = 0
for reference, day in zip(windows, windows[1:]):  # noqa: B905, RUF007 - each with the one before
    drift = nannyml.UnivariateDriftCalculator(
        column_names=NUMBERS + TEXTS,
        treat_as_categorical=TEXTS,
        timestamp_column_name=TIME,
        continuous_methods=CONTINUOUS,
        categorical_methods=CATEGORICAL,
        chunk_period="D",
    ).fit(reference)
    statistics += drift.calculate(day).to_df().shape[1]
    unseen = nannyml.UnseenValuesCalculator(
        column_names=TEXTS, timestamp_column_name=TIME, chunk_period="D"
    ).fit(reference)
    statistics += unseen.calculate(day).to_df().shape[1]
for calculator in (
    nannyml.SummaryStatsAvgCalculator,
    nannyml.SummaryStatsMedianCalculator,
    nannyml.SummaryStatsStdCalculator,
    nannyml.SummaryStatsSumCalculator,
):
    found = (
        calculator(column_names=NUMBERS, timestamp_column_name=TIME, chunk_period="D")
        .fit(runs)
        .calculate(runs)
    )
    statistics += found.to_df().size
missing = nannyml.MissingValuesCalculator(
    column_names=NUMBERS + TEXTS, timestamp_column_name=TIME, chunk_period="D"
)
statistics += missing.fit(runs).calculate(runs).to_df().size
count = nannyml.SummaryStatsRowCountCalculator(timestamp_column_name=TIME, chunk_period="D")
statistics += count.fit(runs).calculate(runs).to_df().size
seconds = time.perf_counter() - began

print(
    json.dumps(
        {"seconds": seconds, "windows": len(windows), "columns": len(NUMBERS + TEXTS), "values": statistics}
    )
)
