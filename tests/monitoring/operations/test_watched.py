from monitoring.descriptions import table_comments
from monitoring.domains import DOMAINS
from monitoring.operations.watched import Watched
from monitoring.settings import Settings

SETTINGS = Settings.from_stack(
    "local", {"catalog": "main", "gold_schema": "gold", "host": "http://127.0.0.1:1"}, {}
)


def test_every_domain_is_watched_with_its_two_tables_and_their_texts() -> None:
    watched = Watched.from_settings(SETTINGS)
    assert [one.domain for one in watched] == [domain.name for domain in DOMAINS]
    assert watched[0].table == "main.gold.fact_usage"
    texts = table_comments(DOMAINS[0])
    assert watched[0].output_tables == {
        "main.gold_monitoring.fact_usage_profile_metrics": texts["profile"],
        "main.gold_monitoring.fact_usage_drift_metrics": texts["drift"],
    }


def test_chosen_domains_come_in_the_usual_order() -> None:
    assert [one.domain for one in Watched.from_settings(SETTINGS, ["job", "cost"])] == ["cost", "job"]
