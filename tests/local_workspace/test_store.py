"""Documents are found by the beginning of their key, whatever it is made of."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from local_workspace.store import Store

if TYPE_CHECKING:
    from collections.abc import Iterator

KEYS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=6)


@settings(deadline=None)  # each makes a file
@given(st.sets(KEYS, max_size=8), KEYS)
@example({"a", "a/1", "a\U0010ffff", "a\U0010ffff/2", "b", "A/1"}, "a")
@example({"", "%", "_", "it's"}, "")
def test_a_prefix_finds_the_keys_that_begin_with_it_in_order(keys: set[str], prefix: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        store = Store(Path(folder) / "store.db")
        for key in keys:
            store.put("kind", key, {"key": key})
            store.put("other", key, {})
        found = store.all("kind", prefix)
        store.close()
    assert [key for key, _ in found] == sorted(key for key in keys if key.startswith(prefix))
    assert all(document == {"key": key} for key, document in found)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    store = Store(tmp_path / "store.db")
    yield store
    store.close()


@settings(deadline=None)  # each makes a file
@given(st.lists(st.one_of(st.none(), st.floats(-1e12, 1e12), st.integers(-(10**9), 10**9)), max_size=6))
def test_documents_are_found_by_a_number_as_if_all_were_looked_at(numbers: list[float | None]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        store = Store(Path(folder) / "store.db")
        for place, number in enumerate(numbers):
            store.put("kind", f"{place}", {"next_fire": number})
            store.put("other", f"{place}", {"next_fire": -1e15})
        least = store.least("kind", "next_fire")
        found = store.up_to("kind", "next_fire", 0)
        store.close()
    there = [number for number in numbers if number is not None]
    assert least == min(there, default=None)
    assert [body["next_fire"] for _, body in found] == [number for number in there if number <= 0]


@settings(deadline=None)  # each makes a file
@given(st.lists(KEYS, max_size=6), KEYS)
def test_documents_are_found_by_a_text_as_if_all_were_looked_at(texts: list[str], wanted: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        store = Store(Path(folder) / "store.db")
        for place, text in enumerate([*texts, wanted]):
            store.put("kind", f"{place}", {"table": text})
        found = store.with_field("kind", "table", wanted)
        store.close()
    assert [key for key, _ in found] == [
        f"{place}" for place, text in enumerate([*texts, wanted]) if text == wanted
    ]


def test_a_document_that_is_no_json_to_sqlite_is_kept(store: Store) -> None:
    store.put("kind", "key", {"value": float("inf"), "table": "a"})
    assert store.get("kind", "key") == {"value": float("inf"), "table": "a"}


def test_a_field_without_an_index_is_named(store: Store) -> None:
    with pytest.raises(ValueError, match="not found by 'owner', but by next_fire, output, table"):
        store.with_field("kind", "owner", "a")
