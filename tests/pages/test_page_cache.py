"""Pages that are stored once and serve everybody: what is personal is not in them, and a write outdates them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from types import SimpleNamespace

import pytest
from django.conf import settings
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from core.cache import client as cache_client
from core.cache import pages, read
from core.cache.client import cache_server
from core.cache.stats import HITS, stats
from inventory.services.nights import nights_hold
from tests.factories.accounts import MembershipFactory, UserFactory
from tests.factories.inventory import Hotel, hotel

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def fresh_cache() -> Iterator[None]:
    redis = cache_server().redis
    redis.flushdb()
    read.local.clear()
    read.local_pages.clear()
    stats.reset()
    yield
    redis.flushdb()


@pytest.fixture
def house() -> Hotel:
    return hotel(nights=4, rooms=1, city="Aachen")


def page_reads() -> tuple[int, int]:
    """Pages that were found, and pages that were rendered."""
    counts = stats.snapshot().get("pages", {})
    return sum(counts.get(event, 0) for event in HITS), counts.get("misses", 0)


def queries(client: Client, path: str) -> int:
    with CaptureQueriesContext(connection) as captured:
        assert client.get(path).status_code == 200
    return len(captured)


def paths_of(house: Hotel) -> list[str]:
    slug = house.property.slug
    return ["/", "/search/", f"/hotels/{slug}/", f"/hotels/{slug}/calendar/"]


def test_one_stored_page_serves_everybody(house: Hotel) -> None:
    ada = Client()
    ada.force_login(UserFactory(email="ada@example.com"))
    for path in paths_of(house):
        stats.reset()
        hers = ada.get(path).content.decode()  # she comes first, and what she leaves is everybody's
        first, again = Client().get(path), Client().get(path)

        assert page_reads() == (2, 1), path
        assert "ada@example.com" in hers
        assert "ada@example.com" not in first.content.decode()
        assert first.content == again.content
        assert "Log in" in first.content.decode()
        assert "csrfmiddlewaretoken" not in first.content.decode()
        assert not first.cookies
        assert not again.cookies
        assert queries(Client(), path) == 0
        assert queries(ada, path) == 2  # her session and herself


def test_a_page_is_what_it_would_be_without_the_cache(house: Hotel, settings: object) -> None:
    ada = Client()
    ada.force_login(UserFactory())
    visitors = (Client(), ada)

    def seen() -> list[bytes]:
        return [visitor.get(path).content for path in paths_of(house) for visitor in visitors]

    stored = [seen(), seen()]
    settings.CACHE_PAGES = False  # type: ignore[attr-defined]

    assert stored == [seen()] * 2


def test_messages_and_trips_are_of_one_visitor(house: Hotel) -> None:
    path = f"/hotels/{house.property.slug}/"
    Client().get(path)
    guest = Client()
    session = guest.session
    session["trip"] = {"reference": "ABCDEF", "title": "Ada's wedding"}
    session.save()
    guest.cookies[settings.SESSION_COOKIE_NAME] = session.session_key

    own, others = guest.get(path).content.decode(), Client().get(path).content.decode()

    assert "Ada&#x27;s wedding" in own
    assert "csrfmiddlewaretoken" in own
    assert "wedding" not in others


def test_a_write_outdates_what_shows_it(house: Hotel) -> None:
    home, _search, page, calendar = paths_of(house)
    before = {path: Client().get(path).content for path in (home, page, calendar)}

    with transaction.atomic():
        nights_hold(stay=house.stay(offset=1, nights=2), room_type_id=house.room_type.pk, rooms=1)
    sold = {path: Client().get(path).content for path in (home, page, calendar)}
    house.property.name = "Hotel Renamed"
    house.property.save()
    renamed = {path: Client().get(path).content.decode() for path in (home, page, calendar)}

    assert [sold[path] != before[path] for path in (home, page, calendar)] == [False, True, True]
    assert all("Hotel Renamed" in content for content in renamed.values())
    house.property.is_published = False
    house.property.save()
    assert Client().get(page).status_code == 404


def test_the_page_of_a_stay_is_stored_for_who_has_no_session(house: Hotel) -> None:
    house.plan.member_discount = True
    house.plan.save()
    stay = house.stay(nights=2)
    path = f"/hotels/{house.property.slug}/?arrival={stay.arrival}&departure={stay.departure}&adults=2"
    member = Client()
    member.force_login(MembershipFactory().user)
    stats.reset()

    pages_of = [visitor.get(path).content.decode() for visitor in (Client(), member, Client())]
    reads = page_reads()
    with transaction.atomic():
        nights_hold(stay=stay, room_type_id=house.room_type.pk, rooms=1)
    sold_out = Client().get(path).content.decode()

    assert reads == (1, 1)
    assert ["€200.00" in content for content in pages_of] == [True, False, True]
    assert "€180.00" in pages_of[1]
    assert "Reserve" in pages_of[0]
    assert "Reserve" not in sold_out
    stats.reset()
    Client().get(f"{path}&utm=1")
    assert page_reads() == (0, 0), "an address of one's own is not stored"


def test_a_browser_that_has_the_page_gets_304(house: Hotel) -> None:
    visitor = Client()
    for path in (
        *paths_of(house),
        f"/search/?where=Aachen&arrival={house.first}&departure={house.first + timedelta(2)}&adults=2",
    ):
        first = visitor.get(path)
        again = visitor.get(path, headers={"If-None-Match": first["ETag"]})

        assert (again.status_code, again.content, again["ETag"]) == (304, b"", first["ETag"])
        assert first["Cache-Control"] == again["Cache-Control"] == "private, no-cache"
        assert {"Cookie", "Accept-Language"} <= {name.strip() for name in again["Vary"].split(",")}
    house.property.name = "Hotel Renamed"
    house.property.save()
    path = f"/hotels/{house.property.slug}/"
    assert visitor.get(path, headers={"If-None-Match": first["ETag"]}).status_code == 200


def test_languages_htmx_and_days_have_pages_of_their_own(
    house: Hotel, quarter: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = f"/hotels/{house.property.slug}/calendar/"
    seen = [
        Client().get(path, headers=headers).content
        for headers in ({}, {"Accept-Language": "de"}, {"HX-Request": "true"}, {"Accept-Language": "de"})
    ]
    assert len(set(seen)) == 3
    assert page_reads() == (1, 3)
    later = quarter + timedelta(minutes=15)
    monkeypatch.setattr(pages, "timezone", SimpleNamespace(now=lambda: later))
    Client().get(path)
    assert page_reads() == (1, 4)


def test_addresses_that_somebody_makes_up_are_not_stored(house: Hotel) -> None:
    Client().get("/?x=1")
    Client().get(f"/hotels/{house.property.slug}/?reviews=2")
    Client().post("/")

    assert page_reads() == (0, 0)
    assert Client().get("/hotels/nowhere/").status_code == 404


def test_without_the_cache_server_pages_come_all_the_same(
    house: Hotel, monkeypatch: pytest.MonkeyPatch
) -> None:
    there = [Client().get(path).content for path in paths_of(house)]
    monkeypatch.setattr(cache_client, "_server", cache_client.CacheServer("unix:///nonexistent/valkey.sock"))

    assert [Client().get(path).content for path in paths_of(house)] == there


def test_the_language_is_chosen_without_a_token_and_from_our_own_pages_only() -> None:
    visitor = Client(enforce_csrf_checks=True)

    def choose(**headers: str) -> int:
        body = {"language": "de", "next": "/search/"}
        return visitor.post("/language/setlang/", body, headers=headers).status_code

    refused = [
        choose(**{"Sec-Fetch-Site": "cross-site"}),
        choose(Origin="https://evil.example"),
        choose(Origin="null"),
    ]
    assert refused == [403] * 3
    assert settings.LANGUAGE_COOKIE_NAME not in visitor.cookies
    assert "Find a room" in visitor.get("/search/").content.decode()
    assert choose(**{"Sec-Fetch-Site": "same-origin"}) == 302
    assert visitor.cookies[settings.LANGUAGE_COOKIE_NAME].value == "de"
    assert 'lang="de"' in visitor.get("/search/").content.decode()
