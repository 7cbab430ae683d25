"""Documents are found by the beginning of their key, whatever it is made of."""

from __future__ import annotations

import tempfile
from pathlib import Path

from hypothesis import example, given
from hypothesis import strategies as st

from local_workspace.store import Store

KEYS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=6)


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
