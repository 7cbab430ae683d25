from monitoring.described import METRIC_DESCRIPTIONS, MONITOR_TABLE_DESCRIPTIONS
from monitoring.descriptions import table_comments
from monitoring.domains import DOMAINS


def test_all_225_metrics_are_described_and_nothing_else() -> None:
    metrics = [(domain.name, metric.name) for domain in DOMAINS for metric in domain.ordered_metrics]
    assert list(METRIC_DESCRIPTIONS) == metrics
    assert len(metrics) == 225
    assert all(METRIC_DESCRIPTIONS.values())


def test_metrics_of_one_name_keep_their_own_text() -> None:
    names = [("job", "failure_rate"), ("security", "failure_rate")]
    assert len({METRIC_DESCRIPTIONS[name] for name in names}) == 2


def test_the_16_output_tables_are_described() -> None:
    tables = [name for domain in DOMAINS for name in (domain.profile_table, domain.drift_table)]
    assert list(MONITOR_TABLE_DESCRIPTIONS) == tables
    assert len(set(MONITOR_TABLE_DESCRIPTIONS.values())) == 16


def test_they_are_what_is_written_as_comments() -> None:
    for domain in DOMAINS:
        texts = table_comments(domain)
        assert MONITOR_TABLE_DESCRIPTIONS[domain.profile_table] == texts["profile"].table
        columns = texts["profile"].columns | texts["drift"].columns
        assert {name: columns[name] for owner, name in METRIC_DESCRIPTIONS if owner == domain.name} == {
            metric.name: METRIC_DESCRIPTIONS[domain.name, metric.name] for metric in domain.ordered_metrics
        }
