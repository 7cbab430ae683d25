"""Quality: whether the tables pass their rules and are fresh.

One row is one check of one table. Tables are counted by full name, because bare names repeat across schemas;
freshness and the mean score weigh every check equally, so a table checked twice counts twice. A table with a
failed rule and a table with a low score need not be the same table.
"""

from monitoring.domain import Domain, Schedule
from monitoring.metrics import (
    DOUBLE,
    LONG,
    above,
    aggregate,
    at_least,
    at_most,
    below,
    derived,
    difference,
    exactly,
    limits,
)

# fmt: off
METRICS = (
    aggregate("total_tables", "COUNT(DISTINCT table_full_name)", LONG,
              unit="tables", meaning="Tables checked", good="higher"),
    aggregate("tables_with_issues",
              "COUNT(DISTINCT IF(status = 'UNHEALTHY' OR rules_passed < rules_count, "
              "table_full_name, NULL))",
              LONG,
              unit="tables", meaning="Tables with a failed rule or an unhealthy status", good="lower",
              threshold=exactly(0)),
    aggregate("avg_quality_score", "AVG(quality_score)", DOUBLE,
              unit="score", meaning="Mean quality score, 0-100", good="higher",
              threshold=limits(target=above(90), critical=below(80))),
    aggregate("null_violation_count", "COALESCE(SUM(null_violations), 0)", LONG,
              unit="violations", meaning="Not-null rule violations", good="lower", threshold=exactly(0)),
    aggregate("schema_drift_count", "COALESCE(SUM(schema_changes), 0)", LONG,
              unit="changes", meaning="Schema changes detected", good="lower", threshold=exactly(0),
              direction="0 unplanned"),
    aggregate("freshness_violations", "COUNT_IF(is_freshness_violated)", LONG,
              unit="checks", meaning="Checks where data was older than its SLA", good="lower",
              threshold=exactly(0)),
    aggregate("quality_score_below_threshold",
              "COUNT(DISTINCT IF(quality_score < 80, table_full_name, NULL))", LONG,
              unit="tables", meaning="Tables scoring under 80", good="lower", threshold=exactly(0)),
    aggregate("avg_freshness_hours", "AVG(hours_since_update)", DOUBLE,
              unit="hours", meaning="Mean age of data", good="lower",
              threshold=limits(target=below(24), warning=above(24), critical=above(48)),
              direction="< 24 h; warning > 24 h, stale > 48 h"),
    aggregate("critical_violation_count", "COALESCE(SUM(critical_violations), 0)", LONG,
              unit="violations", meaning="Critical rule violations", good="lower",
              threshold=limits(target=exactly(0), critical=above(0)), direction="0"),
    aggregate("total_rules_evaluated", "COALESCE(SUM(rules_count), 0)", LONG,
              unit="rules", meaning="Rules run", good="context"),
    aggregate("total_rules_passed", "COALESCE(SUM(rules_passed), 0)", LONG,
              unit="rules", meaning="Rules that passed", good="higher"),

    derived("quality_issue_rate", "tables_with_issues * 100.0 / NULLIF(total_tables, 0)",
            unit="percent", meaning="Share of tables with issues", good="lower", threshold=below(5)),
    derived("rule_pass_rate", "total_rules_passed * 100.0 / NULLIF(total_rules_evaluated, 0)",
            unit="percent", meaning="Share of rules that passed", good="higher", threshold=above(95)),

    difference("quality_drift", of="avg_quality_score",
               unit="points", meaning="Change in mean score, points", good="higher", threshold=at_least(0)),
    difference("critical_violation_drift", of="critical_violation_count",
               unit="violations", meaning="Change in critical violations", good="lower",
               threshold=at_most(0)),
)
# fmt: on

DOMAIN = Domain(
    name="quality",
    title="Data quality",
    gold_table="fact_table_quality",
    grain="table and check run",
    timestamp_column="check_time",
    granularities=("1 day",),
    slices=("catalog_name", "schema_name", "table_name", "has_critical_violations"),
    schedule=Schedule("0 0 7 * * ?"),
    agent_domain="Quality",
    metrics=METRICS,
    main_metrics=(
        "avg_quality_score",
        "critical_violation_count",
        "freshness_violations",
        "quality_issue_rate",
        "rule_pass_rate",
    ),
    questions=(
        "Which tables have critical violations?",
        "Which schemas have the lowest quality score?",
        "Where is data older than its SLA?",
    ),
    drift_questions=(
        "Did the quality score fall against the previous day?",
        "Are there more critical violations than before?",
        "In which schema did quality move most?",
    ),
    trivial_slices=("table_name", "has_critical_violations"),
)
