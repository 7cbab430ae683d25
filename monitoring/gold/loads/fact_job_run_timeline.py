"""The load of ``fact_job_run_timeline``: the hourly slices of a run become one row."""

from __future__ import annotations

from typing import TYPE_CHECKING

from monitoring.gold.fact_job_run_timeline import TABLE
from monitoring.gold.loads.load import Merge, utc_day

if TYPE_CHECKING:
    from monitoring.gold.loads.load import DayRange, LoadSettings


def rows(settings: LoadSettings, days: DayRange) -> str:
    """The query of the runs that have a slice in these days, made of all their slices.

    ``result_state`` is NULL for a run that has not finished, or that is under repair: the merge keeps it out.
    """
    slices = settings.system("lakeflow", "job_run_timeline")
    return f"""WITH touched AS (
  SELECT DISTINCT workspace_id, run_id FROM {slices}
  WHERE {days.holds("period_end_time", "TIMESTAMP")} OR {days.holds("period_start_time", "TIMESTAMP")}
),
run AS (
  SELECT s.account_id, s.workspace_id, s.job_id, s.run_id,
         MAX(s.run_name) AS run_name, MAX(s.run_type) AS run_type, MAX(s.trigger_type) AS trigger_type,
         MAX_BY(s.result_state, s.period_end_time)     AS result_state,
         MAX_BY(s.termination_code, s.period_end_time) AS termination_code,
         MIN(s.period_start_time) AS start_time, MAX(s.period_end_time) AS end_time,
         SORT_ARRAY(ARRAY_DISTINCT(FLATTEN(COLLECT_LIST(s.compute_ids)))) AS compute_ids
  FROM {slices} s
  JOIN touched t ON t.workspace_id = s.workspace_id AND t.run_id = s.run_id
  GROUP BY s.account_id, s.workspace_id, s.job_id, s.run_id
),
job AS (
  SELECT workspace_id, job_id, name
  FROM (SELECT workspace_id, job_id, name,
               ROW_NUMBER() OVER (PARTITION BY workspace_id, job_id ORDER BY change_time DESC) AS place
        FROM {settings.system("lakeflow", "jobs")}) placed
  WHERE place = 1
)
SELECT r.account_id, r.workspace_id, r.job_id, r.run_id,
       COALESCE(j.name, r.run_name, 'unknown') AS job_name, r.run_name, r.run_type,
       COALESCE(r.trigger_type, 'unknown') AS trigger_type, r.result_state,
       COALESCE(r.termination_code, 'unknown') AS termination_code,
       r.start_time, r.end_time, {utc_day("r.start_time")} AS run_date,
       UNIX_TIMESTAMP(r.end_time) - UNIX_TIMESTAMP(r.start_time) AS run_duration_seconds,
       CAST((UNIX_TIMESTAMP(r.end_time) - UNIX_TIMESTAMP(r.start_time)) / 60 AS DOUBLE)
         AS run_duration_minutes,
       COALESCE(r.result_state IN ('SUCCEEDED', 'SUCCESS'), FALSE) AS is_success, r.compute_ids
FROM run r
LEFT JOIN job j ON j.workspace_id = r.workspace_id AND j.job_id = r.job_id"""


LOAD = Merge(TABLE, rows, needs="result_state")
