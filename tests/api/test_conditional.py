"""Answers that did not change are not computed again, and what is personal is kept by nobody."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from rest_framework.test import APIClient

from core.api import conditional
from core.cache import client as cache_client
from inventory.services.nights import nights_hold
from tests.api.asking import V1, client
from tests.factories.accounts import UserFactory
from tests.factories.inventory import Hotel

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def quarter(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the quarter of an hour that validators are of not end while a test runs."""
    now = timezone.now()
    monkeypatch.setattr(conditional, "timezone", SimpleNamespace(now=lambda: now))


def paths_of(house: Hotel) -> dict[str, str]:
    at = f"{V1}properties/{house.property.slug}/"
    stay = house.stay(offset=1, nights=2)
    return {
        "list": f"{V1}properties/",
        "property": at,
        "room types": f"{at}room-types/",
        "rate plans": f"{at}rate-plans/",
        "availability": f"{at}availability/?arrival={stay.arrival}&departure={stay.departure}&adults=2",
        "calendar": f"{at}calendar/?first={stay.arrival}&days=3",
    }


def ask_again(api: APIClient, path: str, before: Any) -> Any:
    return api.get(path, headers={"If-None-Match": before["ETag"]})


def test_what_did_not_change_is_304_without_a_query(api: APIClient, house: Hotel) -> None:
    for path in paths_of(house).values():
        first = api.get(path)
        assert first.status_code == 200, first.json()
        with CaptureQueriesContext(connection) as captured:
            again = ask_again(api, path, first)

        assert (again.status_code, again.content, len(captured)) == (304, b"", 0), path
        assert again["ETag"] == first["ETag"]
        assert first["Cache-Control"] == again["Cache-Control"] == "private, no-cache"
        assert {"Authorization", "Cookie"} <= {name.strip() for name in again["Vary"].split(",")}


def test_each_write_outdates_what_it_changes(api: APIClient, house: Hotel) -> None:
    paths = paths_of(house)

    def changed_by(write: Any) -> set[str]:
        before = {name: api.get(path) for name, path in paths.items()}
        write()
        answers = {name: ask_again(api, path, before[name]) for name, path in paths.items()}
        return {name for name, answer in answers.items() if answer.status_code == 200}

    def rename() -> None:
        house.property.name = "Hotel Renamed"
        house.property.save()

    def sell() -> None:
        with transaction.atomic():
            nights_hold(stay=house.stay(offset=1, nights=1), room_type_id=house.room_type.pk, rooms=1)

    assert changed_by(sell) == {"availability", "calendar"}
    assert changed_by(rename) == set(paths)


def test_validators_are_of_the_address_the_reader_and_the_quarter(
    api: APIClient, house: Hotel, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = paths_of(house)["availability"]
    first = api.get(path)

    other = ask_again(api, path.replace("adults=2", "adults=1"), first)
    same_price = ask_again(client(UserFactory()), path, first)
    monkeypatch.setattr(conditional, "QUARTER_SECONDS", 450)
    later = ask_again(api, path, first)
    monkeypatch.setattr(cache_client, "_server", cache_client.CacheServer("unix:///nonexistent/valkey.sock"))
    unknown = ask_again(api, path, first)

    assert [other.status_code, same_price.status_code, later.status_code] == [200, 304, 200]
    assert unknown.status_code == 200
    assert "ETag" not in unknown
    assert ask_again(api, f"{V1}properties/nowhere/", first).status_code == 404


def test_other_answers_are_kept_by_nobody(house: Hotel) -> None:
    api = client(UserFactory())

    for path in ("bookings/", "properties/nowhere/", "notifications/"):
        assert api.get(V1 + path)["Cache-Control"] == "private, no-store"
