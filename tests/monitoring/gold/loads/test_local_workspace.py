"""Loads that are run again: on the local workspace, which writes the tables."""

from __future__ import annotations

import pytest

from monitoring.gold.loads import LOADS
from tests.monitoring.gold.loads.engines import DAYS, LOCAL_SETTINGS


@pytest.mark.parametrize("t", ["fact_governance_metrics", "fact_model_serving"])
def test_x(local_engine, t):
    print(local_engine.workspace.failure(LOADS[t].statement(LOCAL_SETTINGS, DAYS)))
