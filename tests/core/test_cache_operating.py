"""What operators see of the cache, and how they empty it."""

from __future__ import annotations

import json
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.test import Client

from accounts.models import StaffRole
from core.cache import client as cache_client
from core.cache import totals
from core.cache.client import CacheServer
from core.cache.keys import CATALOGUE, NAMESPACES
from core.cache.read import get_or_compute
from tests.admin.conftest import logged_in, staff_of
from tests.factories.accounts import SuperuserFactory
from tests.factories.inventory import hotel

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def counted() -> None:
    """Two properties were read: one miss and two hits each."""
    totals._forked()
    for scope in (1, 2):
        for _ in range(3):
            get_or_compute(CATALOGUE, scope, "rooms", lambda: "old")


def run(*arguments: str) -> str:
    out = StringIO()
    call_command(*arguments, stdout=out)
    return out.getvalue()


def read_again() -> list[str]:
    return [get_or_compute(CATALOGUE, scope, "rooms", lambda: "new") for scope in (1, 2)]


def catalogue_of(report: dict[str, Any]) -> dict[str, Any]:
    return next(entry for entry in report["namespaces"] if entry["name"] == "catalogue")


def test_the_command_shows_every_kind_for_people_and_for_programs() -> None:
    shown, report = run("cache_stats"), json.loads(run("cache_stats", "--json", "--reset"))

    rows = {line.split()[0]: line.split() for line in shown.splitlines()[2:]}
    assert set(NAMESPACES) < set(rows)
    assert rows["catalogue"][1:6] == ["66.7%", "6", "4", "0", "0"]
    assert catalogue_of(report)["all"]["hit_rate"] == 0.6667
    assert catalogue_of(report)["here"]["misses"] == 2
    assert (catalogue_of(report)["entries_here"], catalogue_of(report)["ttl_seconds"]) == (2, 3_600)
    assert report["server"]["keys"] > 0
    assert catalogue_of(json.loads(run("cache_stats", "--json")))["all"]["reads"] == 0


def test_the_command_empties_a_scope_or_a_kind() -> None:
    assert "Outdated: 1" in run("cache_clear", "catalogue", "1")
    assert read_again() == ["new", "old"]
    assert json.loads(run("cache_clear", "catalogue", "--json"))["cleared"] == 2
    assert read_again() == ["new", "new"]
    assert "Outdated: 0" in run("cache_clear", "reports", "7")


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("weather",), "There is no weather; there is availability, catalogue"),
        (("catalogue", "1", "2"), "The scope of catalogue is"),
    ],
)
def test_what_makes_no_sense_is_said_in_one_sentence(arguments: tuple[str, ...], sentence: str) -> None:
    with pytest.raises(CommandError, match=sentence):
        run("cache_clear", *arguments)


def test_without_the_server_the_commands_say_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cache_client, "_server", CacheServer("unix:///nonexistent/valkey.sock"))

    with pytest.raises(CommandError, match="does not answer; nothing was outdated"):
        run("cache_clear", "catalogue", "1")
    with pytest.raises(CommandError, match="does not answer"):
        run("cache_stats")
    page = logged_in(SuperuserFactory.create()).get("/admin/cache/")
    assert "The cache server does not answer." in page.text


def test_managers_see_the_page_and_empty_a_kind(client: Client) -> None:
    house = hotel(nights=1)
    manager, clerk = staff_of(house, StaffRole.MANAGER), staff_of(house, StaffRole.FRONT_DESK)

    assert "67&nbsp;%" in manager.get("/admin/cache/").text
    assert [clerk.get("/admin/cache/").status_code, clerk.post("/admin/cache/").status_code] == [403, 403]
    assert client.get("/admin/cache/").status_code == 302
    assert clerk.post("/admin/cache/", {"namespace": "catalogue"}).status_code == 403
    assert read_again() == ["old", "old"]
    assert manager.post("/admin/cache/", {"namespace": "weather"}).status_code == 404
    done = manager.post("/admin/cache/", {"namespace": "catalogue"}, follow=True)
    assert "“catalogue” is read afresh from now on." in done.text
    assert read_again() == ["new", "new"]
