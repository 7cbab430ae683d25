"""The page about the sample data is the one that the incidents give."""

from __future__ import annotations

from pathlib import Path

from local_workspace.sample_data.documentation import page
from local_workspace.sample_data.incidents import plans

PAGE = Path(__file__).parents[3] / "docs" / "sample-data.md"


def test_the_page_is_up_to_date() -> None:
    written = PAGE.read_text(encoding="utf-8")
    assert written == page(), "run: python -m local_workspace.sample_data > docs/sample-data.md"


def test_the_page_names_every_incident_and_its_story() -> None:
    text = page()
    assert [name for name, plan in plans().items() if f"`{name}`" not in text or plan.story not in text] == []
