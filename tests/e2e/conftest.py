"""Browser tests: a server in a thread, a real Chromium, and pages that must stay free of complaints."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.core.cache import cache
from playwright.sync_api import Page, expect

from .readiness import hold_back_presses
from .watching import Watch
from .world import World, world_build

# Playwright's synchronous API runs an event loop in the thread of the tests, where Django would refuse the database.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"

PHONE = {"width": 390, "height": 844}
DESK = {"width": 1280, "height": 900}
TABLET = {"width": 768, "height": 1024}
NARROW = {"width": 320, "height": 640}

PATIENCE_MILLISECONDS = 30_000

OpenPage = Callable[..., Page]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark everything in this directory."""
    for item in items:
        if __package__ and item.module.__name__.startswith(__package__):  # type: ignore[attr-defined]
            item.add_marker(pytest.mark.e2e)
            item.add_marker(pytest.mark.django_db(transaction=True))


@pytest.fixture(autouse=True, scope="session")
def _patience() -> None:
    """Wait for what is expected as long as for what is pressed: a busy machine takes its time."""
    expect.set_options(timeout=PATIENCE_MILLISECONDS)


@pytest.fixture
def world(transactional_db: None, settings: Any, live_server: Any) -> World:
    """Houses to book, and nothing remembered of the test before."""
    cache.clear()
    settings.SITE_URL = live_server.url
    return world_build()


@pytest.fixture
def open_page(world: World, live_server: Any, browser: Any) -> Iterator[OpenPage]:
    """Open a page of a new session; whatever its console or the content security policy complains of fails the test.

    Keyword arguments go to Playwright's ``new_context``; ``expect_errors`` are statuses the test provokes.
    """
    watches: list[Watch] = []
    contexts = []

    def open_one(size: dict[str, int] = DESK, *, expect_errors: tuple[int, ...] = (), **options: Any) -> Page:
        context = browser.new_context(
            base_url=live_server.url,
            viewport=size,
            locale=options.pop("locale", "en-GB"),
            reduced_motion="reduce",
            **options,
        )
        context.set_default_timeout(PATIENCE_MILLISECONDS)
        if options.get("java_script_enabled", True):
            hold_back_presses(context)
        contexts.append(context)
        page: Page = context.new_page()
        watches.append(Watch(page, expected=expect_errors))
        return page

    yield open_one
    for context in contexts:
        context.close()
    assert "\n".join(complaint for watch in watches for complaint in watch.complaints) == ""
