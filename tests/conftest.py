"""What all tests share: the summary of what was compared with real data."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pytest


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say of each real file how much of it was compared; the tests record it under the file's name."""
    said: dict[str, list[str]] = {}
    for report in terminalreporter.getreports("passed"):
        if "real" in report.keywords:
            for name, text in report.user_properties:
                said.setdefault(name, []).append(text)
    if said:
        terminalreporter.section("compared with real data")
    for name, texts in said.items():
        terminalreporter.write_line(f"{name}: {', '.join(texts)}")
