"""Values of the log as people read them, whatever somebody wrote."""

from __future__ import annotations

import pytest

from core.formats import format_value


@pytest.mark.parametrize(
    "text", ["2026-02-31", "2026-13-01", "0000-00-00", "2026-02-31T25:61:00+00:00", "9999-99-99"]
)
def test_a_text_that_only_looks_like_a_date_is_shown_as_it_is(text: str) -> None:
    assert format_value(text) == text
    assert format_value([text, None]) == f"{text}, —"


def test_a_day_is_shown_as_a_day() -> None:
    assert format_value("2026-02-28", "en") == "28 Feb 2026"
