"""popmon over daily windows: all profiles, and all comparisons with the window before. `popmon.py PARQUET`."""

from __future__ import annotations

import json
import sys
import time
import warnings

import pandas as pd
import popmon

TIME = "start_time"
BEGIN = "2026-01-05"

# It warns of what pandas will do otherwise in future versions, once for each column.
warnings.filterwarnings("ignore")

runs = pd.read_parquet(sys.argv[1]).drop(columns="compute_ids")
runs[TIME] = runs[TIME].astype("datetime64[ns]")
# Its trend statistics fail on columns of dates, so other moments are given as seconds.
for name in ("end_time", "run_date"):
    runs[name] = runs[name].astype("datetime64[s]").astype("int64")

began = time.perf_counter()
settings = popmon.Settings(time_axis=TIME, reference_type="rolling")
settings.comparison.window = 1
settings.comparison.shift = 1
found = popmon.df_stability_metrics(runs, settings=settings, time_width="1d", time_offset=BEGIN)
seconds = time.perf_counter() - began

profiles = found["profiles"]
print(
    json.dumps(
        {
            "seconds": seconds,
            "windows": int(max(len(each) for each in profiles.values())),
            "columns": len(profiles) + 1,
            "statistics": sorted(
                {
                    name
                    for table in ("profiles", "comparisons")
                    for each in found[table].values()
                    for name in each.columns
                }
            ),
        }
    )
)
