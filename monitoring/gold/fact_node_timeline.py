"""The gold table ``fact_node_timeline``."""

from monitoring.gold.table import CONTEXT, METRIC, SLICE, TIME, Column, GoldTable

# fmt: off
COLUMNS = (
    Column("account_id", "STRING", "Databricks account of the workspace.", CONTEXT),
    Column("workspace_id", "STRING",
           "Workspace of the cluster; cluster ids are unique only inside it.",
           SLICE | METRIC, nullable=False),
    Column("cluster_id", "STRING", "Cluster that the machine belonged to.", SLICE | METRIC, nullable=False),
    Column("cluster_name", "STRING",
           "Latest name of the cluster; 'unknown' when there is none.", SLICE, nullable=False),
    Column("instance_id", "STRING", "Id of the machine.", METRIC, nullable=False),
    Column("node_type", "STRING",
           "Machine type as the cloud names it; 'unknown' when the source does not say.",
           SLICE, nullable=False),
    Column("driver", "BOOLEAN",
           "Whether the machine was the driver; otherwise it was a worker.",
           SLICE | METRIC, nullable=False),
    Column("start_time", "TIMESTAMP", "Start of the minute, UTC.", TIME, nullable=False),
    Column("end_time", "TIMESTAMP", "End of the minute, UTC.", CONTEXT),
    Column("duration_hours", "DOUBLE",
           "Length of the row in hours; what the node-hour metrics add up.", METRIC, nullable=False),
    Column("cpu_user_percent", "DOUBLE", "CPU time in user code, 0-100.", METRIC),
    Column("cpu_system_percent", "DOUBLE", "CPU time in the kernel, 0-100.", METRIC),
    Column("cpu_wait_percent", "DOUBLE", "CPU time spent waiting for input and output, 0-100.", METRIC),
    Column("mem_used_percent", "DOUBLE", "Memory in use, 0-100.", METRIC),
    Column("mem_swap_percent", "DOUBLE", "Memory swapped out to disk, 0-100.", METRIC),
    Column("network_sent_bytes", "BIGINT", "Bytes sent over the network.", METRIC),
    Column("network_received_bytes", "BIGINT", "Bytes received over the network.", METRIC),
)
# fmt: on

TABLE = GoldTable(
    name="fact_node_timeline",
    comment="Use of each machine by the minute for all-purpose, job and pipeline compute; SQL "
    "warehouses and serverless are not in the source.",
    key=("workspace_id", "instance_id", "start_time"),
    columns=COLUMNS,
)
