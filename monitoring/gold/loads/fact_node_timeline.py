"""The load of ``fact_node_timeline``: the use of each machine by the minute."""

from __future__ import annotations

from typing import TYPE_CHECKING

from monitoring.gold.fact_node_timeline import TABLE
from monitoring.gold.loads.load import DayRewrite

if TYPE_CHECKING:
    from monitoring.gold.loads.load import DayRange, LoadSettings


def rows(settings: LoadSettings, days: DayRange) -> str:
    """The query of the minutes of these days, at the grain of the source."""
    return f"""WITH cluster AS (
  SELECT workspace_id, cluster_id, cluster_name
  FROM (SELECT workspace_id, cluster_id, cluster_name,
               ROW_NUMBER() OVER (PARTITION BY workspace_id, cluster_id ORDER BY change_time DESC) AS place
        FROM {settings.system("compute", "clusters")}) placed
  WHERE place = 1
)
SELECT n.account_id, n.workspace_id, n.cluster_id, COALESCE(c.cluster_name, 'unknown') AS cluster_name,
       n.instance_id, COALESCE(n.node_type, 'unknown') AS node_type, COALESCE(n.driver, FALSE) AS driver,
       n.start_time, n.end_time,
       CAST((UNIX_TIMESTAMP(n.end_time) - UNIX_TIMESTAMP(n.start_time)) / 3600 AS DOUBLE) AS duration_hours,
       n.cpu_user_percent, n.cpu_system_percent, n.cpu_wait_percent,
       n.mem_used_percent, n.mem_swap_percent, n.network_sent_bytes, n.network_received_bytes
FROM {settings.system("compute", "node_timeline")} n
LEFT JOIN cluster c ON c.workspace_id = n.workspace_id AND c.cluster_id = n.cluster_id
WHERE {days.holds("n.start_time", "TIMESTAMP")}"""


LOAD = DayRewrite(TABLE, rows, kept_days=90)
