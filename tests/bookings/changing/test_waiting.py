"""A change that waits for its payment: done by it, over without it, and no money is ever lost."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from accounts.models import StaffRole
from bookings.exceptions import NothingDue
from bookings.models import BookingChange
from bookings.selectors import payment_options
from bookings.services import (
    booking_cancel,
    booking_change,
    booking_confirm,
    booking_hold,
    bookings_reconcile,
    change_withdraw,
    changes_expire,
)
from inventory.exceptions import SoldOut
from inventory.types import Party
from notifications.models import Notification
from payments.gateways.sandbox import bank
from payments.models import Payment
from payments.selectors import folio_balance, folio_paid
from payments.services import payment_refresh
from tests.factories.accounts import StaffFactory
from tests.factories.bookings import confirmed, held, pay
from tests.factories.inventory import hotel

from .acts import change, everything_adds_up, look, read

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def waiting(house):
    """Two nights that are paid, and a third that waits for its 100."""
    booking = confirmed(house)
    _preview, booking = change(booking, departure=booking.departure + DAY)
    return booking


def at_the_bank(booking):
    payment = pay(booking, purpose="change", card="confirm")
    bank.intent_answer(reference=payment.provider_reference, approved=True)
    return payment


def is_done(booking, house):
    booking = read(booking)
    assert (booking.pending_change_id, booking.total) == (None, 300)
    assert (house.inventory(2).held, house.inventory(2).sold) == (0, 1)
    assert folio_balance(folio_id=booking.folio_id) == 0
    everything_adds_up()


def is_as_it_was(booking, house, *, status, paid=Decimal(200)):
    booking = read(booking)
    assert (booking.pending_change_id, booking.total) == (None, 200)
    assert (house.inventory(2).held, house.inventory(2).sold) == (0, 0)
    assert folio_paid(folio_id=booking.folio_id) == paid
    assert BookingChange.objects.get().status == status
    everything_adds_up()


def test_its_payment_does_it(house, waiting):
    [option] = payment_options(booking=waiting)
    assert (option.purpose, option.amount, option.gateway) == ("change", Decimal("100.00"), "sandbox")

    payment = pay(waiting, purpose="change")

    is_done(waiting, house)
    made = BookingChange.objects.get()
    assert (made.status, made.payment_id) == ("done", payment.pk)
    assert Notification.objects.filter(type="booking_changed").count() == 1


def test_a_payment_that_is_told_later_does_it(house, waiting):
    payment = at_the_bank(waiting)

    payment_refresh(payment_id=payment.pk)
    booking_confirm(booking_id=waiting.pk)  # told twice
    booking_confirm(booking_id=waiting.pk)

    is_done(waiting, house)


def test_nobody_pays(house, waiting):
    later = timezone.now() + timedelta(hours=3)

    assert changes_expire(at=later - timedelta(hours=3)) == 0
    assert changes_expire(at=later) == 1

    is_as_it_was(waiting, house, status="expired")


def test_starting_to_pay_keeps_the_nights_for_the_bank(house, waiting):
    before = waiting.pending_change.expires_at

    pay(waiting, purpose="change", card="confirm")

    assert read(waiting).pending_change.expires_at > before


def test_money_that_comes_in_time_unnoticed_is_found(house, waiting, monkeypatch):
    payment = at_the_bank(waiting)
    monkeypatch.setattr(
        "bookings.receivers.booking_confirm", lambda **_kwargs: None
    )  # killed before the signal
    payment_refresh(payment_id=payment.pk)
    assert read(waiting).total == 200

    report = bookings_reconcile()

    assert report.changed == [waiting.reference]
    is_done(waiting, house)


def test_money_that_comes_too_late_goes_back(house, waiting):
    payment = at_the_bank(waiting)
    changes_expire(at=timezone.now() + timedelta(hours=3))

    payment_refresh(payment_id=payment.pk)
    booking_confirm(booking_id=waiting.pk)  # as the signal does

    assert Payment.objects.get(pk=payment.pk).status == "captured"
    is_as_it_was(waiting, house, status="expired")
    assert folio_balance(folio_id=waiting.folio_id) == 0


def test_money_that_comes_too_late_counts_for_what_is_owed(deposit_house):
    booking = confirmed(deposit_house, purpose="deposit")  # 60 of 200 are paid
    _preview, booking = change(booking, departure=booking.departure + DAY)
    payment = at_the_bank(booking)
    changes_expire(at=timezone.now() + timedelta(hours=3))

    payment_refresh(payment_id=payment.pk)
    booking_confirm(booking_id=booking.pk)

    assert read(booking).total == 200
    assert folio_balance(folio_id=booking.folio_id) == 40
    everything_adds_up()


def test_whoever_needs_the_room_gets_it_from_an_overdue_change(house, waiting, at):
    later = at + timedelta(hours=3)
    held(house, stay=house.stay(2, 1), at=at)
    with pytest.raises(SoldOut):
        held(house, stay=house.stay(2, 1), at=at)

    other = booking_hold(
        room_type_id=house.room_type.pk,
        rate_plan_id=house.plan.pk,
        stay=house.stay(2, 1),
        party=Party(4, (), 2),
        expected_total=None,
        guest=None,
        user=None,
        actor=None,
        channel="web",
        at=later,
    ).booking

    assert (other.rooms, house.inventory(2).held) == (2, 2)
    assert BookingChange.objects.get().status == "expired"
    assert read(waiting).pending_change_id is None
    everything_adds_up()


def test_cancelling_ends_it(house, waiting):
    booking_cancel(booking_id=waiting.pk, actor=None)

    assert [(house.inventory(n).held, house.inventory(n).sold) for n in range(3)] == [(0, 0)] * 3
    made = BookingChange.objects.get()
    assert (made.status, made.refusal) == ("refused", "booking_cancelled")
    everything_adds_up()


def test_it_can_be_withdrawn_and_replaced(house, waiting):
    change_withdraw(booking_id=waiting.pk)
    is_as_it_was(waiting, house, status="refused")

    _preview, again = change(waiting, departure=house.first + 3 * DAY)
    _preview, other = change(waiting, departure=house.first + 4 * DAY)

    assert again.pending_change_id != other.pending_change_id
    assert list(BookingChange.objects.order_by("pk").values_list("refusal", flat=True)) == [
        "withdrawn",
        "replaced",
        "",
    ]
    assert [house.inventory(n).held for n in range(5)] == [0, 0, 1, 1, 0]
    change_withdraw(booking_id=waiting.pk)
    with pytest.raises(NothingDue):
        pay(waiting, purpose="balance")
    everything_adds_up()


def test_what_staff_do_meanwhile_counts(house, waiting):
    desk = StaffFactory(property=house.property, role=StaffRole.FRONT_DESK)
    wanted, preview = look(waiting, actor=desk, departure=house.first + 3 * DAY)

    booking_change(booking_id=waiting.pk, change=wanted, expected_total=preview.after_total, actor=desk)

    booking = read(waiting)
    assert (booking.total, booking.pending_change_id) == (300, None)
    assert folio_balance(folio_id=booking.folio_id) == 100
    everything_adds_up()


def test_who_pays_at_the_house_pays_the_difference_there():
    house = hotel(rooms=1, nights=5, gateways=["at_property"])
    booking = held(house).booking
    pay(booking, gateway="at_property")

    preview, booking = change(booking, departure=booking.departure + DAY)

    assert (preview.due_now, preview.owed, booking.total) == (0, 300, 300)


def test_staff_may_have_it_paid_first(house):
    desk = StaffFactory(property=house.property, role=StaffRole.FRONT_DESK)
    booking = confirmed(house)

    _preview, booking = change(booking, actor=desk, departure=booking.departure + DAY, pay_first=True)

    assert booking.pending_change.is_by_staff
    mail = Notification.objects.get(type="booking_held")
    assert (mail.context["due_now"], mail.context["stay"]["nights"]) == ("100.00", 3)
    assert mail.context["stay"]["departure"] == (house.first + 3 * DAY).isoformat()
    pay(booking, purpose="change")
    is_done(booking, house)
