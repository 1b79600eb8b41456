"""Two want opposite things of one booking at one moment: each round ends in a state that is allowed, to the cent."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from functools import partial
from uuid import uuid4

import pytest
from django.db.models import Sum
from django.utils import timezone

from bookings.models import Booking
from bookings.selectors import inventory_differences
from bookings.services import booking_cancel, booking_confirm, booking_expire, booking_guest_set
from bookings.types import GuestDetails
from notifications.models import Notification
from payments.gateways.sandbox import bank
from payments.models import FolioEntry, Payment, Refund
from payments.selectors import folio_balance, folio_charges, folio_paid
from payments.services import payment_refresh
from tests.concurrency.racing import HeadStart, Outcome, Racers, racers
from tests.factories.bookings import confirmed, held, pay
from tests.factories.inventory import Hotel, hotel

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.slow,
    pytest.mark.usefixtures("patient_locks"),
]

ROUNDS = 50


@pytest.fixture
def track() -> Iterator[Racers]:
    with racers(3) as pool:
        yield pool


def paid_at_the_bank(booking: Booking) -> Payment:
    """The guest has paid, and the bank's event is about to arrive."""
    payment = pay(booking, card="confirm")
    bank.intent_answer(reference=payment.provider_reference, approved=True)
    return payment


def everything_adds_up() -> None:
    assert inventory_differences() == []
    assert ledger_differences() == []


def ledger_differences() -> list[int]:
    """Folios whose entries of money are not what was captured and given back."""
    captured, refunded = money_of(Payment, status="captured"), money_of(Refund, status="succeeded")
    moved = money_of(FolioEntry, kind__in=("payment", "refund"))
    return [
        folio_id
        for folio_id in captured | refunded | moved
        if moved.get(folio_id, 0) != refunded.get(folio_id, 0) - captured.get(folio_id, 0)
    ]


def money_of(model: type[Payment | Refund | FolioEntry], **chosen: object) -> dict[int, Decimal]:
    folio = "payment__folio_id" if model is Refund else "folio_id"
    rows = model.objects.filter(**chosen).order_by().values(folio).annotate(total=Sum("amount"))
    return {row[folio]: row["total"] for row in rows}


def test_expiry_against_payment_against_somebody_who_wants_the_room(track):
    house = hotel(rooms=1, nights=2)
    later = timezone.now() + timedelta(hours=1)
    ends: Counter[str] = Counter()
    head_start = HeadStart()

    for _ in range(ROUNDS):
        booking = held(house).booking
        payment = paid_at_the_bank(booking)
        _paid, _expired, other = track.race(
            lambda payment=payment: payment_refresh(payment_id=payment.pk),
            lambda booking=booking: booking_expire(booking_id=booking.pk, at=later),
            head_start.begin(lambda: held(house, guest=None, at=later)),
        )
        head_start.ended(won=not other.refused)
        booking.refresh_from_db()
        ends[_end_of_expiry_race(house, booking, other)] += 1
        _clear(house, booking, other)

    assert set(ends) == {"the payer has it", "the other has it, and the money went back"}
    assert Payment.objects.filter(status="captured").count() == ROUNDS
    everything_adds_up()


def _end_of_expiry_race(house: Hotel, booking: Booking, other: Outcome) -> str:
    """Whose the one room is in the end; every other end is no end that is allowed."""
    night, paid = house.inventory(), folio_paid(folio_id=booking.folio_id)
    if (booking.status, night.sold, night.held, paid, other.refused) == (
        "confirmed",
        1,
        0,
        Decimal(200),
        "sold_out",
    ):
        return "the payer has it"
    if (booking.status, night.sold, night.held, paid, other.refused) == ("expired", 0, 1, Decimal(0), ""):
        return "the other has it, and the money went back"
    return f"{booking.status} sold={night.sold} held={night.held} paid={paid} {other}"


def _clear(house: Hotel, booking: Booking, other: Outcome) -> None:
    """Make the room free for the next round."""
    if booking.status == "confirmed":
        booking_cancel(booking_id=booking.pk, actor=None)
    if other.result is not None:
        booking_cancel(booking_id=other.result.booking.pk, actor=None)
    assert house.inventory().available == 1


def test_cancellation_against_payment(track):
    house = hotel(rooms=1, nights=2, deposit="percent", deposit_value=30, tiers=((24, "percent", 50),))
    ends: Counter[str] = Counter()
    head_start = HeadStart()

    for _ in range(ROUNDS):
        booking = held(house).booking
        payment = paid_at_the_bank(booking)
        track.race(
            lambda payment=payment: payment_refresh(payment_id=payment.pk),
            head_start.begin(lambda booking=booking: booking_cancel(booking_id=booking.pk, actor=None)),
        )
        booking.refresh_from_db()
        head_start.ended(won=booking.cancellation_fee == 0)
        paid = folio_paid(folio_id=booking.folio_id)
        ends[f"{booking.status}, fee {booking.cancellation_fee:.0f}, kept {paid:.0f}"] += 1
        assert folio_charges(folio_id=booking.folio_id) == booking.cancellation_fee
        assert folio_balance(folio_id=booking.folio_id) == 0
        assert house.inventory().available == 1

    # Cancelled as a hold it costs nothing, cancelled as a stay it costs half.
    assert set(ends) == {"cancelled, fee 0, kept 0", "cancelled, fee 100, kept 100"}
    everything_adds_up()


def test_a_guest_who_agreed_to_no_fee_pays_none_or_keeps_the_stay(track):
    house = hotel(rooms=1, nights=2, tiers=((24, "percent", 50),))
    ends: Counter[tuple[str, str, int]] = Counter()
    head_start = HeadStart()

    for _ in range(ROUNDS):
        booking = held(house).booking
        payment = paid_at_the_bank(booking)
        cancel = partial(booking_cancel, booking_id=booking.pk, actor=None, expected_fee=Decimal(0))
        _paid, cancelled = track.race(
            partial(payment_refresh, payment_id=payment.pk),
            head_start.begin(cancel),
        )
        head_start.ended(won=not cancelled.refused)
        booking.refresh_from_db()
        ends[booking.status, cancelled.refused, int(folio_paid(folio_id=booking.folio_id))] += 1
        if booking.status == "confirmed":
            booking_cancel(booking_id=booking.pk, actor=None)

    held_up = ("confirmed", "busy", 200)  # the lock came too late, on a machine with too much to do
    assert set(ends) - {held_up} == {("cancelled", "", 0), ("confirmed", "fee_changed", 200)}
    everything_adds_up()


def test_told_three_times_it_is_confirmed_once(track):
    house = hotel(rooms=1, nights=2)

    for _ in range(ROUNDS // 3):
        booking = held(house).booking
        payment = paid_at_the_bank(booking)
        track.race(
            lambda payment=payment: payment_refresh(payment_id=payment.pk),
            lambda payment=payment: payment_refresh(payment_id=payment.pk),
            lambda payment=payment: payment_refresh(payment_id=payment.pk),
        )
        booking = booking_confirm(booking_id=booking.pk)
        assert (booking.status, booking.version) == ("confirmed", 1)
        assert folio_balance(folio_id=booking.folio_id) == 0
        assert house.inventory().sold == 1
        booking_cancel(booking_id=booking.pk, actor=None)

    assert Notification.objects.filter(type="booking_confirmed").count() == ROUNDS // 3
    assert Notification.objects.filter(type="payment_receipt").count() == ROUNDS // 3
    everything_adds_up()


def test_cancelled_by_three_it_is_refunded_once(track):
    house = hotel(rooms=1, nights=2)
    losers: Counter[str] = Counter()

    for _ in range(ROUNDS // 3):
        booking = confirmed(house)

        outcomes = track.race(
            *[lambda booking=booking: booking_cancel(booking_id=booking.pk, actor=None)] * 3
        )

        refused = sorted(outcome.refused for outcome in outcomes)
        assert refused[0] == ""
        losers.update(refused[1:])
        assert [refund.amount for refund in Refund.objects.filter(payment__folio=booking.folio)] == [
            Decimal(200)
        ]

    assert set(losers) <= {"transition_not_allowed", "busy"}
    assert losers["busy"] <= 1
    everything_adds_up()


def test_of_two_editors_one_wins_and_the_other_is_told(track):
    booking = held(hotel(rooms=1, nights=2)).booking

    def edit(name: str, version: int) -> str:
        guest = GuestDetails(name=name, email="ada@example.com", special_requests=f"for {name}")
        return booking_guest_set(booking_id=booking.pk, guest=guest, actor=None, version=version).guest_name

    for version in range(ROUNDS):
        names = [uuid4().hex, uuid4().hex]
        outcomes = track.race(
            lambda names=names, version=version: edit(names[0], version),
            lambda names=names, version=version: edit(names[1], version),
        )
        booking.refresh_from_db()
        (winner,) = [outcome.result for outcome in outcomes if not outcome.refused]
        assert [outcome.refused for outcome in outcomes if outcome.refused] == ["edit_conflict"]
        assert (booking.guest_name, booking.special_requests) == (winner, f"for {winner}")
        assert booking.version == version + 1
