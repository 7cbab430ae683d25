"""ydata-profiling of the whole table, without windows and drift, in its minimal mode. `python -P ydata.py PARQUET`."""

from __future__ import annotations

import json
import sys
import time
import warnings

import pandas as pd
from ydata_profiling import ProfileReport

warnings.filterwarnings("ignore")

runs = pd.read_parquet(sys.argv[1]).drop(columns="compute_ids")
runs["run_date"] = pd.to_datetime(runs["run_date"])

began = time.perf_counter()
described = ProfileReport(runs, minimal=True, progress_bar=False).get_description()
seconds = time.perf_counter() - began

print(json.dumps({"seconds": seconds, "windows": 1, "columns": len(described.variables)}))
