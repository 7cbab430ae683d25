"""Governance: how much of the estate is documented, tagged, protected and traced.

Every count is one of distinct assets, so a snapshot loaded twice changes nothing. A grant that is only
inherited does not protect a sensitive asset here. ``workspace_id`` is the workspace that uses the asset most.
The score is written over the counts, because a derived metric cannot read another one; it equals the
weighted mean of the four rates.
"""

from monitoring.domain import Domain, Schedule
from monitoring.metrics import (
    LONG,
    above,
    aggregate,
    at_least,
    at_most,
    derived,
    difference,
    exactly,
)

# fmt: off
METRICS = (
    aggregate("total_assets", "COUNT(DISTINCT asset_id)", LONG,
              unit="assets", meaning="Governed assets", good="context"),
    aggregate("documented_assets", "COUNT(DISTINCT IF(has_documentation, asset_id, NULL))", LONG,
              unit="assets", meaning="Assets with a description", good="higher"),
    aggregate("tagged_assets", "COUNT(DISTINCT IF(is_tagged, asset_id, NULL))", LONG,
              unit="assets", meaning="Assets with governance tags", good="higher"),
    aggregate("access_controlled_assets", "COUNT(DISTINCT IF(has_acl, asset_id, NULL))", LONG,
              unit="assets", meaning="Assets with explicit grants", good="higher"),
    aggregate("lineage_tracked_assets", "COUNT(DISTINCT IF(has_lineage, asset_id, NULL))", LONG,
              unit="assets", meaning="Assets whose lineage is captured", good="higher"),
    aggregate("active_assets",
              "COUNT(DISTINCT IF(read_event_count + write_event_count > 0, asset_id, NULL))", LONG,
              unit="assets", meaning="Assets read or written on the day", good="higher"),
    aggregate("unprotected_sensitive_assets",
              "COUNT(DISTINCT IF(is_sensitive AND NOT has_acl, asset_id, NULL))", LONG,
              unit="assets", meaning="Sensitive assets without explicit grants", good="lower",
              threshold=exactly(0)),

    derived("documentation_rate", "documented_assets * 100.0 / NULLIF(total_assets, 0)",
            unit="percent", meaning="Share documented", good="higher", threshold=above(80)),
    derived("tagging_rate", "tagged_assets * 100.0 / NULLIF(total_assets, 0)",
            unit="percent", meaning="Share tagged", good="higher", threshold=above(90)),
    derived("access_control_rate", "access_controlled_assets * 100.0 / NULLIF(total_assets, 0)",
            unit="percent", meaning="Share with explicit grants", good="higher", threshold=exactly(100)),
    derived("lineage_coverage_rate", "lineage_tracked_assets * 100.0 / NULLIF(total_assets, 0)",
            unit="percent", meaning="Share with lineage", good="higher", threshold=above(70)),
    derived("governance_score",
            "(0.3 * documented_assets + 0.2 * tagged_assets + 0.3 * access_controlled_assets "
            "+ 0.2 * lineage_tracked_assets) * 100.0 / NULLIF(total_assets, 0)",
            unit="score", meaning="One maturity number, 0-100", good="higher", threshold=above(80)),
    derived("active_asset_rate", "active_assets * 100.0 / NULLIF(total_assets, 0)",
            unit="percent", meaning="Share of assets in use", good="higher"),

    difference("governance_drift", of="governance_score",
               unit="points", meaning="Change in maturity, points", good="higher", threshold=at_least(0)),
    difference("unprotected_sensitive_drift", of="unprotected_sensitive_assets",
               unit="assets", meaning="Change in exposed sensitive assets", good="lower",
               threshold=at_most(0)),
)
# fmt: on

DOMAIN = Domain(
    name="governance",
    title="Governance",
    gold_table="fact_governance_metrics",
    grain="governed asset and day",
    timestamp_column="metric_date",
    granularities=("1 day",),
    slices=("workspace_id", "entity_type", "created_by", "source_catalog_name"),
    schedule=Schedule("0 0 6 * * ?"),
    agent_domain="Quality",
    metrics=METRICS,
    main_metrics=(
        "total_assets",
        "governance_score",
        "documentation_rate",
        "access_control_rate",
        "unprotected_sensitive_assets",
    ),
    questions=(
        "How many sensitive assets have no explicit grants?",
        "Which asset types are documented least?",
        "How many assets are in use?",
    ),
    drift_questions=(
        "Is the governance score rising?",
        "Are there more unprotected sensitive assets than before?",
        "In which catalog did governance move most?",
    ),
    more_dashboard_metrics=("active_assets",),
    personal_columns=("created_by",),
)
