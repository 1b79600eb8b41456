"""One style sheet for every page, made of the files that say what they are for."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.contrib.staticfiles import finders
from django.core.checks import run_checks


@pytest.fixture
def parts(settings: Any, tmp_path: Path) -> Iterator[Path]:
    parts = tmp_path / "static"
    (parts / "css" / "deep").mkdir(parents=True)
    (parts / "css" / "first.css").write_text("a { color: red }")
    (parts / "css" / "deep" / "second.css").write_text("b { background: url('../../img/b.svg') }")
    settings.STATICFILES_DIRS = [parts]
    settings.STYLESHEET_BUNDLES_ROOT = tmp_path / "bundles"
    settings.STYLESHEET_BUNDLES = {"css/all.css": ("css/first.css", "css/deep/second.css")}
    finders.get_finder.cache_clear()
    yield parts
    finders.get_finder.cache_clear()


def test_parts_come_in_their_order_and_follow_changes(parts: Path) -> None:
    found = Path(str(finders.find("css/all.css")))

    assert found.read_text() == 'a { color: red }\nb { background: url("../img/b.svg") }'
    (parts / "css" / "first.css").write_text("a { color: green }")
    assert Path(str(finders.find("css/all.css"))).read_text().startswith("a { color: green }")


def test_collected_like_any_other_file(parts: Path) -> None:
    finder = finders.get_finder("core.stylesheets.BundleFinder")

    [(name, storage)] = finder.list([])
    with storage.open(name) as file:
        assert file.read().startswith(b"a { color: red }")
    assert list(finder.list(["css/*"])) == []
    assert finders.find("css/none.css") is None


def test_a_part_that_is_missing_is_found_at_the_start(parts: Path) -> None:
    assert not any(message.id == "vacancy.stylesheets" for message in run_checks())
    (parts / "css" / "first.css").unlink()

    [message] = [message for message in run_checks() if message.id == "vacancy.stylesheets"]
    assert "css/first.css" in message.msg


def test_the_pages_own_sheet_has_every_part(settings: Any) -> None:
    text = Path(str(finders.find("css/site.css"))).read_text()

    for part in settings.STYLESHEET_BUNDLES["css/site.css"]:
        assert (Path(settings.BASE_DIR) / "static" / part).read_text()[:80] in text
    assert 'url("../img/hero.svg")' in text
