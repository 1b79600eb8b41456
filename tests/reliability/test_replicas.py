"""Reading from a real streaming copy: nobody misses what they wrote, and a copy that fails is never noticed."""

from __future__ import annotations

import copy as copying
import time
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import connections, router, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from core.cache.client import cache_server
from core.dates import StayDates
from core.replicas import servers
from core.replicas.middleware import ReplicaMiddleware
from core.replicas.reading import read_alias, reads_after_now, replica_reads
from core.replicas.remembering import COOKIE
from core.replicas.router import ReplicaRouter
from core.replicas.servers import replicas
from core.system.replication import replica_lags
from inventory.models import Property
from inventory.selectors import availability, catalogue
from tests.factories.accounts import UserFactory
from tests.factories.inventory import PropertyFactory
from tests.reliability.servers import wait_until
from tests.reliability.standby import Standby, standby

ALIAS = "replica_1"
PATIENCE_SECONDS = 120
FRESH_SECONDS = 1.0
pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]


@pytest.fixture(scope="module")
def server(django_db_setup: None) -> Iterator[Standby]:
    with standby() as running:
        yield running


@pytest.fixture
def copy(
    server: Standby, monkeypatch: pytest.MonkeyPatch, settings: Any, django_db_blocker: Any
) -> Iterator[Standby]:
    """The copy, up to date, as Django knows it when `REPLICA_URLS` names it."""
    config = copying.deepcopy(connections["default"].settings_dict) | server.settings
    config["ENGINE"] = "core.replicas.backend"
    monkeypatch.setitem(connections.settings, ALIAS, config)
    monkeypatch.setitem(settings.DATABASES, ALIAS, config)
    monkeypatch.setitem(router.__dict__, "routers", [ReplicaRouter()])
    settings.REPLICA_LAG_SECONDS_MAX = (
        600  # on a busy machine a paused copy must not look late before it is asked
    )
    # A copy is no database of its own that a test would have to ask for.
    monkeypatch.setattr(BaseDatabaseWrapper, "ensure_connection", django_db_blocker._real_ensure_connection)
    connections["default"].close()
    cache_server().redis.flushdb()
    replicas.forget()
    server.catch_up()
    yield server
    server.resume()
    connections[ALIAS].close()
    del connections[ALIAS]
    connections["default"].close()
    replicas.forget()


@pytest.fixture
def house(copy: Standby) -> Property:
    house = PropertyFactory(name="Old")
    copy.catch_up()
    assert wait_until(
        lambda: chosen() == ALIAS, seconds=PATIENCE_SECONDS
    )  # it has to be seen that it keeps up
    return house


def chosen() -> str:
    with replica_reads():
        return read_alias()


def name_read(house: Property) -> str:
    return Property.objects.values_list("name", flat=True).get(pk=house.pk)


def rename(house: Property, name: str) -> None:
    """As services do: in a transaction, and the catalogue's cache is bumped after it."""
    with transaction.atomic():
        row = Property.objects.select_for_update().get(pk=house.pk)
        row.name = name
        row.save()


def is_fresh() -> bool:
    lag = replica_lags()[ALIAS]
    return lag is not None and lag < FRESH_SECONDS


def settle() -> None:
    """Let what is known of the copy grow old."""
    time.sleep(servers.ASK_SECONDS + 0.05)


def test_only_what_may_be_read_from_a_copy_is(house: Property) -> None:
    with CaptureQueriesContext(connections[ALIAS]) as on_copy:
        assert name_read(house) == "Old"
        with replica_reads(), transaction.atomic():
            assert Property.objects.select_for_update().get(pk=house.pk).name == "Old"
        with replica_reads():
            assert not User.objects.filter(email="nobody@example.com").exists()
    assert len(on_copy) == 0

    with CaptureQueriesContext(connections[ALIAS]) as on_copy, replica_reads():
        found = Property.objects.get(pk=house.pk)
        found.name = "Changed"
        found.save()  # what came from the copy is written to the primary
    assert any("inventory_property" in query["sql"] for query in on_copy)
    assert Property.objects.get(pk=house.pk).name == "Changed"


def test_pages_of_the_catalogue_come_from_the_copy(house: Property) -> None:
    Client().get("/search/")  # what is loaded once

    def comes_from_the_copy() -> bool:
        cache_server().redis.flushdb()
        with CaptureQueriesContext(connections[ALIAS]) as on_copy:
            answer = Client().get(f"/api/v1/properties/{house.slug}/")
        assert (answer.status_code, answer.json()["name"]) == (200, "Old")
        return any("inventory_property" in query["sql"] for query in on_copy)

    # What was emptied is as new as the primary: until the copy has come so far, the primary is asked.
    assert wait_until(comes_from_the_copy, seconds=PATIENCE_SECONDS)


def test_who_wrote_sees_it_while_the_copy_does_not_replay(house: Property, copy: Standby) -> None:
    user = UserFactory()
    seen: list[str] = []

    def answer(request: HttpRequest) -> HttpResponse:
        request.user = user if request.headers.get("Authorization") == "Token another" else AnonymousUser()
        if request.method == "POST":
            rename(house, "New")
        else:
            seen.append(name_read(house))
        return HttpResponse()

    middleware, make = ReplicaMiddleware(answer), RequestFactory()
    copy.pause()
    written = middleware(make.post("/api/v1/bookings/", headers={"Authorization": "Token one"}))
    cookie = written.cookies[COOKIE].value

    def read(**headers: str) -> str:
        settle()
        request = make.get(
            "/search/", headers={name.replace("_", "-"): text for name, text in headers.items()}
        )
        middleware(request)
        return seen[-1]

    assert read() == "Old"  # a stranger may see what was true a moment ago
    assert read(Authorization="Token one") == "New"
    assert read(Cookie=f"{COOKIE}={cookie}") == "New"
    assert read(Cookie=f"{COOKIE}={cookie}x") == "Old"
    copy.resume()
    copy.catch_up()
    settle()
    with CaptureQueriesContext(connections[ALIAS]) as on_copy:
        assert read(Authorization="Token one") == "New"
    assert any("inventory_property" in query["sql"] for query in on_copy)  # it has caught up


def test_a_block_sees_what_it_wrote_itself(house: Property, copy: Standby) -> None:
    with replica_reads():
        assert (read_alias(), name_read(house)) == (ALIAS, "Old")
        copy.pause()
        rename(house, "New")
        assert (read_alias(), name_read(house)) == ("default", "New")
        copy.resume()
        copy.catch_up()
        settle()
        assert (read_alias(), name_read(house)) == (ALIAS, "New")


def test_reports_wait_for_everything_that_is_committed(house: Property, copy: Standby) -> None:
    copy.pause()
    rename(house, "New")
    with replica_reads():
        assert name_read(house) == "Old"
        with reads_after_now():
            assert name_read(house) == "New"


def test_what_a_late_copy_says_is_never_kept_in_the_cache(house: Property, copy: Standby) -> None:
    """A fill after a bump comes from a database that has the write, however late the copy is."""
    for number in range(30):
        if number % 3 == 0:
            copy.pause()
        rename(house, f"Name {number}")
        with replica_reads():
            assert catalogue.catalogue_get(property_id=house.pk).property.name == f"Name {number}"
        if number % 3 == 1:
            copy.resume()
        if number % 3 == 2:
            cache_server().redis.flushdb()  # the generations are gone, and with them where the bumps were
            with replica_reads():
                assert catalogue.catalogue_get(property_id=house.pk).property.name == f"Name {number}"
    copy.resume()
    copy.catch_up()
    with replica_reads():
        assert catalogue.catalogue_get(property_id=house.pk).property.name == "Name 29"


def test_sql_of_our_own_is_asked_of_the_copy_too(house: Property) -> None:
    request = availability.AvailabilityRequest(house.pk, StayDates(date(2030, 1, 1), date(2030, 1, 3)))
    with CaptureQueriesContext(connections[ALIAS]) as on_copy, replica_reads():
        availability.availability_batch(requests=[request])
    assert any("inventory_roominventory" in query["sql"] for query in on_copy)


def test_a_copy_that_lags_is_left_out_until_it_has_caught_up(
    house: Property, copy: Standby, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.REPLICA_LAG_SECONDS_MAX = 0.5
    monkeypatch.setattr(servers, "SAMPLE_SECONDS", 0.05)
    assert wait_until(lambda: chosen() == ALIAS, seconds=PATIENCE_SECONDS)
    copy.pause()
    rename(house, "New")

    assert wait_until(lambda: chosen() == "default", seconds=PATIENCE_SECONDS)
    with replica_reads():
        assert name_read(house) == "New"
    copy.resume()
    assert wait_until(lambda: chosen() == ALIAS, seconds=PATIENCE_SECONDS)


def test_a_killed_copy_is_not_noticed_and_comes_back(
    house: Property, copy: Standby, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(servers, "ASK_SECONDS", 60.0)  # the death is found by the query itself
    with replica_reads():
        assert (read_alias(), name_read(house)) == (ALIAS, "Old")
        copy.kill()
        assert name_read(house) == "Old"  # a connection that was open
        assert read_alias() == "default"
    monkeypatch.setattr(servers, "ASK_SECONDS", 0.1)
    replicas.forget()
    connections[ALIAS].close()
    with replica_reads():
        assert name_read(house) == "Old"  # one that cannot be opened
        with CaptureQueriesContext(connections["default"]) as asked:
            name_read(house)
    assert len(asked) == 1  # nobody asks the dead one again
    rename(house, "New")
    copy.start()
    copy.catch_up()
    monkeypatch.setattr(servers, "SKIP_SECONDS", 0.0)
    replicas.forget()
    assert wait_until(lambda: chosen() == ALIAS, seconds=PATIENCE_SECONDS)
    with replica_reads():
        assert name_read(house) == "New"


def test_operators_are_told_how_far_a_copy_is_behind(house: Property, copy: Standby) -> None:
    copy.catch_up()
    assert wait_until(is_fresh, seconds=PATIENCE_SECONDS), replica_lags()
    copy.pause()
    rename(house, "Newer")
    time.sleep(0.3)
    behind = replica_lags()[ALIAS]
    copy.resume()
    copy.catch_up()
    assert wait_until(is_fresh, seconds=PATIENCE_SECONDS), replica_lags()
    copy.kill()
    connections[ALIAS].close()
    try:
        gone = replica_lags()
    finally:
        copy.start()
        replicas.forget()

    assert behind is not None
    assert behind > FRESH_SECONDS
    assert gone == {ALIAS: None}
