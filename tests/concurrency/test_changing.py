"""Two want to change one stay, or its rooms, at one moment: each round ends in a state that is allowed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from functools import partial

import pytest
from django.utils import timezone

from accounts.models import StaffRole
from bookings.changes import stay_change_from
from bookings.models import Booking, BookingChange
from bookings.selectors import inventory_differences
from bookings.services import booking_cancel, booking_change, bookings_reconcile, changes_expire
from core.dates import ONE_DAY
from payments.gateways.sandbox import bank
from payments.selectors import folio_balance, folio_paid
from payments.selectors.ledger import ledger_problems
from payments.services import payment_refresh
from tests.concurrency.racing import Racers, racers
from tests.factories.accounts import StaffFactory
from tests.factories.bookings import confirmed, held, pay
from tests.factories.inventory import Hotel, hotel

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.slow,
    pytest.mark.usefixtures("patient_locks"),
]

ROUNDS = 12


@pytest.fixture
def track() -> Iterator[Racers]:
    with racers(3) as pool:
        yield pool


def everything_adds_up() -> None:
    assert inventory_differences() == []
    assert list(ledger_problems()) == []


def changing(
    booking: Booking, house: Hotel, *, nights: int, as_guest: bool = False, **more: object
) -> partial:
    """Another departure, by staff or by the guest, as seen at this moment."""
    actor = None if as_guest else StaffFactory(property=house.property, role=StaffRole.FRONT_DESK)
    return partial(
        booking_change,
        booking_id=booking.pk,
        change=stay_change_from(booking, departure=booking.arrival + nights * ONE_DAY),
        expected_total=Decimal(100 * nights),
        expected_version=booking.version,
        actor=actor,
        **more,
    )


def test_two_changes_of_one_stay(track: Racers) -> None:
    house = hotel(rooms=ROUNDS, nights=6)
    for _ in range(ROUNDS):
        booking = confirmed(house)
        outcomes = track.race(changing(booking, house, nights=3), changing(booking, house, nights=4))
        booking.refresh_from_db()

        assert sorted(outcome.refused for outcome in outcomes) in (["", "version_conflict"], ["", "busy"])
        assert booking.total in (300, 400)
        assert BookingChange.objects.filter(booking=booking).count() == 1
    everything_adds_up()


def test_change_against_cancellation(track: Racers) -> None:
    house = hotel(rooms=2, nights=6)
    ends: Counter[str] = Counter()
    for _ in range(ROUNDS):
        booking = confirmed(house)
        changed, cancelled = track.race(
            changing(booking, house, nights=3, as_guest=True),
            lambda booking=booking: booking_cancel(booking_id=booking.pk, actor=None),
        )
        booking.refresh_from_db()
        if cancelled.refused == "busy":
            booking_cancel(booking_id=booking.pk, actor=None)
            booking.refresh_from_db()
        ends[booking.status] += 1
        assert changed.refused in ("", "busy", "version_conflict", "transition_not_allowed")
        assert booking.pending_change_id is None
        assert folio_balance(folio_id=booking.folio_id) == 0
        assert (house.inventory().available, house.inventory(2).available) == (2, 2)
    assert ends == {"cancelled": ROUNDS}
    everything_adds_up()


def test_change_against_a_sale_of_the_last_room(track: Racers) -> None:
    house = hotel(rooms=1, nights=6)
    ends: Counter[str] = Counter()
    for _ in range(ROUNDS):
        booking = confirmed(house)
        changed, sold = track.race(
            changing(booking, house, nights=4), lambda: held(house, stay=house.stay(3, 1), guest=None)
        )
        booking.refresh_from_db()
        night = house.inventory(3)

        assert (night.sold, night.held) in ((1, 0), (0, 1))
        assert house.inventory(2).sold == night.sold  # all nights or none
        assert {changed.refused, sold.refused} <= {"", "sold_out", "busy"}
        ends["changed" if night.sold else "sold"] += 1
        booking_cancel(booking_id=booking.pk, actor=None)
        if sold.result is not None:
            booking_cancel(booking_id=sold.result.booking.pk, actor=None)
    assert sum(ends.values()) == ROUNDS
    everything_adds_up()


def test_payment_against_the_end_of_the_waiting(track: Racers) -> None:
    house = hotel(rooms=1, nights=6)
    ends: Counter[str] = Counter()
    for _ in range(ROUNDS):
        booking = changing(confirmed(house), house, nights=3, as_guest=True)()
        payment = pay(booking, purpose="change", card="confirm")
        bank.intent_answer(reference=payment.provider_reference, approved=True)
        later = timezone.now() + timedelta(hours=3)
        track.race(
            lambda payment=payment: payment_refresh(payment_id=payment.pk),
            lambda later=later: changes_expire(at=later),
            lambda later=later: held(house, stay=house.stay(2, 1), guest=None, at=later),
        )
        changes_expire(at=later)
        bookings_reconcile()  # what was busy in the race
        booking.refresh_from_db()
        change = BookingChange.objects.filter(booking=booking).latest("pk")
        paid = folio_paid(folio_id=booking.folio_id)

        assert (change.status, booking.total, paid) in (("done", 300, 300), ("expired", 200, 200))
        assert folio_balance(folio_id=booking.folio_id) == 0
        ends[change.status] += 1
        for one in Booking.objects.filter(status__in=("held", "confirmed")):
            booking_cancel(booking_id=one.pk, actor=None)
    assert sum(ends.values()) == ROUNDS
    everything_adds_up()
