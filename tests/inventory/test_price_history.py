"""The price of a stay at each time: exact figures, derived plans, gaps, transactions that met, few queries."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from pytest_django import DjangoAssertNumQueries
from rest_framework.test import APIClient

from core.dates import StayDates, property_today
from core.formats import format_day_short
from core.money import format_money_short
from inventory.models import PriceChange, Rate
from inventory.selectors import catalogue_get, price_history
from inventory.selectors.prices import PriceHistory
from inventory.types import Party, ReasonCode
from tests.factories.accounts import StaffFactory
from tests.factories.inventory import DerivedRatePlanFactory, Hotel, TaxFactory, hotel

pytestmark = pytest.mark.django_db

NOW = datetime(2027, 1, 20, 12, tzinfo=UTC)
FIRST = date(2027, 3, 1)
TWO = Party(adults=2)


def ago(days: float) -> datetime:
    return NOW - timedelta(days=days)


@pytest.fixture
def house() -> Hotel:
    """Three nights at 100 that were priced by hand into the past, without the history its building wrote."""
    found = hotel(first=FIRST, nights=31)
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE inventory_pricechange DISABLE TRIGGER USER")
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("DELETE FROM inventory_pricechange")
    cache.clear()
    return found


def change(house: Hotel, days_ago: float, before: int | None, after: int | None, *nights: int) -> None:
    PriceChange.objects.create(
        changed_at=ago(days_ago),
        room_type=house.room_type,
        rate_plan=house.plan,
        stay_month=FIRST,
        nights=[FIRST + timedelta(days=offset) for offset in nights],
        currency="EUR",
        price_before=before,
        price_after=after,
    )


def history(house: Hotel, stay: StayDates | None = None, party: Party = TWO) -> PriceHistory:
    return price_history(
        catalogue=catalogue_get(property_id=house.property.pk),
        room_type_id=house.room_type.pk,
        stay=stay or StayDates(FIRST, FIRST + timedelta(days=3)),
        party=party,
        at=NOW,
    )


def points(found: PriceHistory, plan: int = 0) -> list[tuple[float, int | None]]:
    """Days ago and total of each point."""
    return [
        ((NOW - point.at) / timedelta(days=1), None if point.total is None else int(point.total))
        for point in found.plans[plan].points
    ]


def test_price_goes_back_from_what_it_is_now(house: Hotel) -> None:
    change(house, 30, None, 120, *range(31))
    change(house, 20, 120, 90, 0, 1, 30)
    change(house, 10, 90, 100, 0, 1)
    change(house, 5, 120, 100, 2)

    assert points(history(house)) == [(30, 360), (20, 300), (10, 320), (5, 300)]


def test_nights_of_other_stays_do_not_count(house: Hotel) -> None:
    change(house, 20, 120, 100, 3, 4, 30)

    assert [total for _at, total in points(history(house))] == [300]
    assert not history(house).has_changes


def test_price_that_was_there_before_the_history_stands_since_its_beginning(house: Hotel) -> None:
    change(house, 20, 50, 100, 0)

    found = history(house)

    assert points(found) == [(365.5, 250), (20, 300)]
    assert found.since == datetime(2026, 1, 20, tzinfo=UTC)


def test_changes_of_one_transaction_are_one_point(house: Hotel) -> None:
    change(house, 30, None, 80, 0, 1, 2)
    change(house, 10, 80, 70, 0)
    change(house, 10, 70, 100, 0)
    change(house, 10, 80, 100, 1, 2)

    assert points(history(house)) == [(30, 240), (10, 300)]


def test_transactions_that_met_are_in_the_order_of_their_locks(house: Hotel) -> None:
    """The second began before the first, waited for it, and wrote after it."""
    change(house, 30, None, 80, 0, 1, 2)
    change(house, 9, 80, 90, 0, 1, 2)
    change(house, 10, 90, 100, 0, 1, 2)

    assert points(history(house)) == [(30, 240), (9, 300)]


def test_time_without_a_price_is_a_gap(house: Hotel) -> None:
    change(house, 30, None, 100, 0, 1, 2)
    change(house, 20, 100, None, 1)
    change(house, 10, None, 100, 1)

    assert points(history(house)) == [(30, 300), (20, None), (10, 300)]


def test_derived_plan_guests_and_taxes_count_as_now(house: Hotel) -> None:
    DerivedRatePlanFactory.create(property=house.property, derived_from=house.plan)
    TaxFactory.create(property=house.property, value=Decimal(10), is_included=False)
    change(house, 30, None, 200, 0, 1, 2)
    change(house, 10, 200, 100, 0, 1, 2)
    cache.clear()

    found = history(house)

    assert points(found, 0) == [(30, 660), (10, 330)]
    assert points(found, 1) == [(30, 594), (10, 297)]
    assert (found.plans[0].lowest, found.plans[0].highest, found.plans[0].current) == (330, 660, 330)


def test_guests_who_do_not_fit_get_the_reason(house: Hotel) -> None:
    found = history(house, party=Party(adults=5))

    assert found.reason is not None
    assert (found.reason.code, found.plans) == (ReasonCode.TOO_MANY_GUESTS, ())


def test_deleted_rates_leave_their_history(house: Hotel) -> None:
    change(house, 30, None, 100, 0, 1, 2)
    change(house, 10, 100, None, 0, 1, 2)
    Rate.objects.all().delete()
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("DELETE FROM inventory_pricechange WHERE changed_at > %s", [ago(1)])

    assert points(history(house)) == [(30, 300), (10, None)]
    assert history(house).plans[0].current is None


@pytest.mark.parametrize("count", [1, 20, 200])
def test_history_is_two_queries(
    house: Hotel, count: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(count):
        change(house, count - number, 100 + number % 2, 101 - number % 2, 0)
    catalogue = catalogue_get(property_id=house.property.pk)

    with django_assert_num_queries(2):
        price_history(
            catalogue=catalogue,
            room_type_id=house.room_type.pk,
            stay=StayDates(FIRST, FIRST + timedelta(days=3)),
            party=TWO,
            at=NOW,
        )


def test_amounts_and_days_on_axes_are_short() -> None:
    assert format_money_short(Decimal("1234.000"), "EUR") == "€1,234"
    assert format_money_short(Decimal("99.5"), "EUR") == "€99.50"
    assert format_money_short(Decimal(1234), "CHF") == "CHF\xa01,234"
    assert format_day_short(date(2026, 11, 20)) == "20 Nov"


def soon(house: Hotel) -> str:
    return f"arrival={house.first}&departure={house.first + timedelta(days=2)}&adults=2"


def page(house: Hotel) -> str:
    return f"/hotels/{house.property.slug}/prices/{house.room_type.pk}/"


def test_page_shows_chart_and_table(client: Client) -> None:
    house = hotel(price=120)

    answer = client.get(f"{page(house)}?{soon(house)}")

    text = answer.content.decode()
    assert answer.status_code == 200
    assert text.count('class="chart__drawing"') == 2
    assert "style=" not in text
    assert "€240.00" in text
    assert "It has not moved since" in text


def test_page_without_a_stay_asks_for_one(client: Client) -> None:
    answer = client.get(page(hotel(nights=1)))

    assert answer.status_code == 200
    assert "Choose a stay" in answer.content.decode()


def test_page_of_a_stay_that_is_over_is_for_staff(client: Client) -> None:
    today = property_today("Europe/Berlin")
    house = hotel(first=today - timedelta(days=30), nights=5)
    staff = StaffFactory.create(property=house.property)

    assert client.get(f"{page(house)}?{soon(house)}").status_code == 422
    client.force_login(staff)
    assert client.get(f"{page(house)}?{soon(house)}").status_code == 200


def test_page_of_an_unknown_room_or_an_unpublished_house_is_not_found(client: Client) -> None:
    house, other = hotel(nights=1), hotel(nights=1, is_published=False)

    assert client.get(f"/hotels/{house.property.slug}/prices/{other.room_type.pk}/").status_code == 404
    assert client.get(page(other)).status_code == 404


def test_api_lists_points_newest_first(house: Hotel) -> None:
    today = property_today("Europe/Berlin")
    house = hotel(first=today + timedelta(days=7), nights=3)

    answer = APIClient().get(
        f"/api/v1/properties/{house.property.slug}/room-types/{house.room_type.pk}/price-history/?{soon(house)}"
    )

    assert answer.status_code == 200
    assert answer.json()["count"] == 1
    row = answer.json()["results"][0]
    assert row["rate_plan"] == {"id": house.plan.pk, "code": house.plan.code, "name": house.plan.name}
    assert (row["before"], row["total"]) == (None, {"amount": "200.00", "currency": "EUR"})


@pytest.mark.parametrize("path", ["0", "999999"])
def test_api_does_not_know_other_room_types(path: str) -> None:
    house = hotel(nights=3)

    answer = APIClient().get(
        f"/api/v1/properties/{house.property.slug}/room-types/{path}/price-history/?{soon(house)}"
    )

    assert answer.status_code == 404
