"""Drops are told once, exactly, only of what can be booked, and only alerts whose nights changed are looked at."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import Membership
from core.models import Effect
from inventory.models import PriceChange, Property, Rate, Restriction, RoomInventory
from inventory.selectors import quote_get
from inventory.services import rate_set
from inventory.signals import nights_freed
from inventory.types import Party
from notifications.models import DomainEvent, Notification
from tests.factories.accounts import MembershipFactory, UserFactory
from tests.factories.inventory import Hotel, RatePlanFactory, hotel
from tests.outbox import run_effects
from waitlist.models import AlertStatus, PriceAlert, PriceDrop
from waitlist.services.alert_checks import alerts_check, alerts_tidy
from waitlist.services.alerts import alert_confirm

from .alerts import price, watch

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)


@pytest.fixture
def house() -> Hotel:
    """Two nights are 200."""
    return hotel(price=100)


def told(at: datetime | None = None) -> list[tuple[str, str]]:
    """Look at every alert; what was told by it, before and after."""
    known = set(Notification.objects.values_list("pk", flat=True))
    PriceAlert.objects.update(checked_at=None)
    alerts_check(at=at)
    fresh = (
        Notification.objects.filter(type="price_drop", channel="email").exclude(pk__in=known).order_by("pk")
    )
    return [(row.context["before"], row.context["total"]) for row in fresh]


def test_drop_is_told_once_with_its_exact_quote(house: Hotel) -> None:
    alert = watch(house)
    price(house, 85)

    assert told() == [("200.000", "170.00")]
    assert told() == []
    message = Notification.objects.get(type="price_drop", channel="email")
    quote = quote_get(
        room_type_id=house.room_type.pk, rate_plan_id=house.plan.pk, stay=alert.stay, party=alert.party
    )
    drop = PriceDrop.objects.get()
    assert (drop.total, drop.before, drop.currency) == (quote.total, Decimal(200), "EUR")
    assert (drop.room_type_id, drop.rate_plan_id) == (house.room_type.pk, house.plan.pk)
    assert message.recipient == alert.guest_email
    assert message.context["rate_plan"] == house.plan.name
    assert alert.reference in message.context["manage_url"]


def test_percentage_is_measured_by_what_was_told_last(house: Hotel) -> None:
    watch(house, percent=10)
    price(house, Decimal("90.01"))
    assert told() == []
    price(house, 90)
    assert told() == [("200.000", "180.00")]
    price(house, 82)
    assert told() == []
    price(house, 81)
    assert told() == [("180.000", "162.00")]


def test_target_is_told_when_it_is_reached_and_again_after_it_was_left(house: Hotel) -> None:
    watch(house, target=180)
    price(house, Decimal("90.01"))
    assert told() == []
    price(house, 90)
    assert told() == [("180.020", "180.00")]
    price(house, 80)
    assert told() == [("180.000", "160.00")]
    price(house, 85)
    assert told() == []
    price(house, 100)
    assert told() == []
    price(house, 85)
    assert told() == [("200.000", "170.00")]


def test_same_price_is_never_told_twice(house: Hotel) -> None:
    watch(house, target=180)
    for amount in (80, 100, 80, 100, 80):
        price(house, amount)
        told()

    assert [drop.total for drop in PriceDrop.objects.all()] == [Decimal(160)]


def test_database_refuses_the_same_price_twice(house: Hotel) -> None:
    watch(house)
    price(house, 85)
    told()
    drop = PriceDrop.objects.get()
    drop.pk = None

    with pytest.raises(IntegrityError, match="price_drop_once"), transaction.atomic():
        drop.save(force_insert=True)


def _sold_out(house: Hotel) -> None:
    RoomInventory.objects.filter(date=house.first).update(sold=5)


def _closed(house: Hotel) -> None:
    Restriction.objects.create(
        property=house.property, first_date=house.first, last_date=house.first, closed=True
    )


def _min_stay(house: Hotel) -> None:
    Restriction.objects.create(
        property=house.property, first_date=house.first, last_date=house.first, min_stay=3
    )


def _unpublished(house: Hotel) -> None:
    Property.objects.update(is_published=False)


def _night_without_price(house: Hotel) -> None:
    Rate.objects.filter(date=house.first).delete()


@pytest.mark.parametrize("obstacle", [_sold_out, _closed, _min_stay, _unpublished, _night_without_price])
def test_price_that_cannot_be_booked_is_not_told(house: Hotel, obstacle: Any) -> None:
    watch(house)
    price(house, 50)
    obstacle(house)

    assert told() == []
    assert PriceAlert.objects.get().reference_total == 200


def test_drop_is_told_when_it_can_be_booked_at_last(house: Hotel) -> None:
    watch(house)
    price(house, 50)
    _sold_out(house)
    assert told() == []

    RoomInventory.objects.update(sold=0)

    assert told() == [("200.000", "100.00")]


def test_all_rooms_of_the_party_must_be_free(house: Hotel) -> None:
    watch(house, party=Party(adults=4, rooms=2))
    price(house, 50)
    RoomInventory.objects.update(sold=4)

    assert told() == []


def test_cheapest_plan_and_room_count(house: Hotel) -> None:
    other = hotel(price=300, in_property=house.property)
    watch(house, any_room=True)
    cheap = RatePlanFactory.create(property=house.property)
    for night in house.stay(0, 2).dates():
        Rate.objects.create(rate_plan=cheap, room_type=other.room_type, date=night, price=70)

    assert told() == [("200.000", "140.00")]
    assert PriceDrop.objects.get().room_type_id == other.room_type.pk


def test_members_price_counts_for_members(house: Hotel) -> None:
    user = UserFactory.create()
    MembershipFactory.create(user=user)
    assert Membership.objects.get().tier.discount_percent == 10
    alert = watch(house, user=user)
    assert alert.reference_total == 180
    price(house, 90)

    assert told() == [("180.000", "162.00")]


def test_nothing_is_told_before_the_address_is_confirmed(house: Hotel) -> None:
    alert = watch(house, email="guest@example.com")
    price(house, 50)
    assert told() == []

    alert_confirm(alert=alert)

    assert told() == [("200.000", "100.00")]


def test_only_alerts_whose_nights_changed_are_looked_at(house: Hotel) -> None:
    elsewhere = hotel(price=100)
    wanted = watch(house)
    watch(house, stay=house.stay(5, 2))
    watch(elsewhere)
    since = timezone.now() - timedelta(minutes=30)
    PriceAlert.objects.update(checked_at=since)
    with connection.cursor() as cursor:  # what the building of the houses wrote is older
        cursor.execute("ALTER TABLE inventory_pricechange DISABLE TRIGGER USER")
        cursor.execute("UPDATE inventory_pricechange SET changed_at = %s", [since - HOUR])
        cursor.execute("ALTER TABLE inventory_pricechange ENABLE TRIGGER USER")

    price(house, 85, house.first + timedelta(days=1))
    price(house, 85, house.first + timedelta(days=2))

    assert alerts_check().looked_at == 1
    wanted.refresh_from_db()
    assert wanted.checked_at is not None
    assert wanted.checked_at > since
    assert PriceChange.objects.filter(changed_at__gt=since).count() == 2


def test_alerts_are_looked_at_every_hour_whatever_happens(house: Hotel) -> None:
    at = timezone.now() + timedelta(minutes=20)
    watch(house, at=at)
    soon, later = at + timedelta(minutes=59), at + timedelta(minutes=61)

    assert (alerts_check(at=soon).looked_at, alerts_check(at=later).looked_at) == (0, 1)


@pytest.mark.parametrize("count", [1, 20])
def test_looking_is_the_same_number_of_queries_for_any_number_of_alerts(house: Hotel, count: int) -> None:
    for _number in range(count):
        watch(house)
    PriceAlert.objects.update(checked_at=None)

    with CaptureQueriesContext(connection) as captured:
        assert alerts_check().looked_at == count

    assert len(captured) == 10, [query["sql"][:90] for query in captured]


def test_change_by_hand_is_told_by_an_effect(house: Hotel) -> None:
    watch(house)

    for offset in (0, 1):
        rate_set(
            rate_plan_id=house.plan.pk,
            room_type_id=house.room_type.pk,
            date=house.first + timedelta(days=offset),
            price=Decimal(80),
        )

    effects = Effect.objects.filter(kind="waitlist.alerts_check")
    assert [effect.payload for effect in effects] == [{"property_id": house.property.pk}]
    run_effects(kinds=["waitlist.alerts_check"], at=timezone.now() + timedelta(minutes=1))
    assert [drop.total for drop in PriceDrop.objects.all()] == [Decimal(160)]


def test_changed_rates_of_a_house_nobody_watches_make_no_effect(house: Hotel) -> None:
    rate_set(rate_plan_id=house.plan.pk, room_type_id=house.room_type.pk, date=house.first, price=Decimal(80))

    assert not Effect.objects.filter(kind="waitlist.alerts_check").exists()


def test_changed_rates_are_an_event_for_programs(house: Hotel) -> None:
    rate_set(rate_plan_id=house.plan.pk, room_type_id=house.room_type.pk, date=house.first, price=Decimal(80))
    rate_set(rate_plan_id=house.plan.pk, room_type_id=house.room_type.pk, date=house.first, price=Decimal(80))

    event = DomainEvent.objects.get(type="rates.changed")
    assert event.property_id == house.property.pk
    change = event.data["changes"][0]
    assert (change["room_type"], change["rate_plan"]) == (house.room_type.pk, house.plan.pk)
    assert change["first_night"] == house.first.isoformat()


def test_nights_that_come_free_are_looked_at(house: Hotel) -> None:
    watch(house)
    price(house, 50)
    _sold_out(house)
    told()
    RoomInventory.objects.update(sold=0)

    nights_freed.send(
        sender=None,
        room_type_id=house.room_type.pk,
        arrival=house.first,
        departure=house.first + timedelta(days=1),
        rooms=1,
    )
    run_effects(kinds=["waitlist.alerts_check"], at=timezone.now() + timedelta(minutes=1))

    assert PriceDrop.objects.get().total == 100


def test_alert_ends_with_its_arrival_by_the_houses_clock() -> None:
    house = hotel(first=date(2027, 3, 1), time_zone="America/New_York", price=100)
    watch(house, at=datetime(2027, 2, 1, tzinfo=UTC))

    assert alerts_tidy(at=datetime(2027, 3, 2, 4, 59, tzinfo=UTC)).ended == 0
    assert alerts_tidy(at=datetime(2027, 3, 2, 5, 1, tzinfo=UTC)).ended == 1
    assert PriceAlert.objects.get().status == AlertStatus.ENDED
    assert told() == []


def test_address_that_is_not_confirmed_is_forgotten(house: Hotel) -> None:
    watch(house, email="guest@example.com")
    now = timezone.now()

    assert alerts_tidy(at=now + 47 * HOUR).unconfirmed == 0
    assert alerts_tidy(at=now + 49 * HOUR).unconfirmed == 1
    assert not PriceAlert.objects.exists()
