"""Money comes: early, late, twice, or for nothing."""

from datetime import timedelta
from decimal import Decimal
from uuid import uuid4

import pytest

from accounts.models import StaffRole
from bookings.exceptions import GuestRequired, HoldExpired, PaymentRequired, TransitionNotAllowed
from bookings.models import Booking
from bookings.selectors import inventory_differences
from bookings.services import (
    booking_cancel,
    booking_confirm,
    booking_confirm_by_staff,
    booking_expire,
    bookings_reconcile,
    holds_expire,
)
from bookings.types import GuestDetails
from core.exceptions import PermissionDenied
from notifications.models import Notification
from payments.gateways.sandbox import bank
from payments.models import Payment, Refund
from payments.selectors import folio_balance, folio_paid
from payments.services import payment_refresh, payment_start
from tests.factories.accounts import StaffFactory
from tests.factories.bookings import confirmed, held, pay

pytestmark = pytest.mark.django_db


def approve(payment, *, at=None):
    """The guest approves on the bank's page, and we read the bank's state."""
    bank.intent_answer(reference=payment.provider_reference, approved=True, at=at)
    return payment_refresh(payment_id=payment.pk, at=at)


def charged(booking, amount, *, purpose="total"):
    """A payment that was let through beside another one."""
    return payment_start(
        folio_id=booking.folio_id,
        gateway="sandbox",
        purpose=purpose,
        amount=Decimal(amount),
        currency="EUR",
        idempotency_key=uuid4().hex,
        return_url="http://testserver/",
    )


def paid_too_late(house, at):
    """A hold that expired while the guest was at the bank, and whose money came after that."""
    booking = held(house, at=at).booking
    payment = pay(booking, card="confirm", at=at)
    booking_expire(booking_id=booking.pk, at=at + timedelta(hours=1))
    assert Booking.objects.get(pk=booking.pk).status == "expired"
    assert approve(payment).status == "captured"
    return booking


def test_confirming_twice_is_confirming_once(house):
    booking = confirmed(house)
    version = booking.version

    again = booking_confirm(booking_id=booking.pk)

    assert (again.status, again.version) == ("confirmed", version)
    assert house.inventory().sold == 1
    assert Notification.objects.filter(type="booking_confirmed").count() == 1


def test_nobody_is_confirmed_without_money(house):
    booking = held(house).booking

    with pytest.raises(PaymentRequired):
        booking_confirm(booking_id=booking.pk)

    assert house.inventory().held == 1


def test_the_signal_of_a_payment_confirms(house, django_capture_on_commit_callbacks):
    booking = held(house).booking
    payment = pay(booking, card="confirm")
    assert payment.status == "requires_action"

    with django_capture_on_commit_callbacks(execute=True):
        approve(payment)

    booking.refresh_from_db()
    assert booking.status == "confirmed"


def test_a_failed_payment_tells_the_guest_until_when_the_rooms_are_kept(
    house, django_capture_on_commit_callbacks
):
    booking = held(house).booking

    with django_capture_on_commit_callbacks(execute=True):
        pay(booking, card="decline")

    booking.refresh_from_db()
    mail = Notification.objects.get()
    assert mail.type == "payment_failed"
    assert mail.context["hold_expires_at"] == booking.hold_expires_at.isoformat()
    assert mail.context["failure_code"] == "card_declined"


def test_money_that_comes_late_gets_the_rooms_again(house, at):
    booking = paid_too_late(house, at)

    booking_confirm(booking_id=booking.pk)

    booking.refresh_from_db()
    assert booking.status == "confirmed"
    assert folio_balance(folio_id=booking.folio_id) == 0
    assert house.inventory().sold == 1
    assert not Refund.objects.exists()
    assert set(Notification.objects.values_list("type", flat=True)) == {
        "booking_confirmed",
        "payment_receipt",
    }


def test_money_that_comes_when_the_rooms_are_gone_goes_back(house, at):
    booking = paid_too_late(house, at)
    held(house, rooms=2)

    booking_confirm(booking_id=booking.pk)
    booking_confirm(booking_id=booking.pk)

    booking.refresh_from_db()
    assert booking.status == "expired"
    assert [(refund.amount, refund.status) for refund in Refund.objects.all()] == [
        (Decimal(200), "succeeded")
    ]
    assert folio_paid(folio_id=booking.folio_id) == folio_balance(folio_id=booking.folio_id) == 0
    mail = Notification.objects.get()
    assert (mail.type, mail.context["reason"], mail.context["amount"]) == (
        "payment_refunded",
        "rooms_gone",
        "200.00",
    )


def test_money_that_comes_late_gets_rooms_from_expired_holds(house, at):
    booking = paid_too_late(house, at)
    other = held(house, rooms=2, at=at - timedelta(hours=2)).booking

    booking_confirm(booking_id=booking.pk)

    booking.refresh_from_db()
    other.refresh_from_db()
    assert (booking.status, other.status) == ("confirmed", "expired")
    assert (house.inventory().held, house.inventory().sold) == (0, 1)


def test_money_that_comes_after_the_day_of_arrival_goes_back(house, at):
    booking = paid_too_late(house, at)

    booking_confirm(booking_id=booking.pk, at=at + timedelta(days=9))

    booking.refresh_from_db()
    assert booking.status == "expired"
    assert folio_paid(folio_id=booking.folio_id) == 0


def test_a_hold_that_is_paid_for_does_not_expire(house, at):
    booking = held(house, at=at).booking
    approve(pay(booking, card="confirm", at=at))

    assert holds_expire(at=at + timedelta(hours=1)) == 0

    booking.refresh_from_db()
    assert booking.status == "held"
    assert bookings_reconcile().confirmed == [booking.reference]


def test_money_for_a_cancelled_stay_goes_back(house, at):
    booking = held(house, at=at).booking
    payment = pay(booking, card="confirm", at=at)
    booking_cancel(booking_id=booking.pk, actor=None)
    approve(payment)

    booking_confirm(booking_id=booking.pk)

    booking.refresh_from_db()
    assert booking.status == "cancelled"
    assert folio_paid(folio_id=booking.folio_id) == 0
    assert Refund.objects.get().amount == Decimal(200)


def test_money_for_a_cancelled_stay_goes_back_but_for_the_fee(deposit_house, at):
    late = at + timedelta(days=5)
    booking = confirmed(deposit_house, purpose="deposit")
    payment = pay(booking, purpose="balance", card="confirm")
    booking_cancel(booking_id=booking.pk, actor=None, at=late)
    assert folio_balance(folio_id=booking.folio_id) == Decimal(40), "100 of the fee, 60 of it paid"
    approve(payment)

    booking_confirm(booking_id=booking.pk)

    assert folio_paid(folio_id=booking.folio_id) == Decimal(100)
    assert Refund.objects.get().amount == Decimal(100)


def test_the_total_paid_twice_goes_back_once(house, at):
    booking = held(house, at=at).booking
    first, second = charged(booking, "200.00"), charged(booking, "200.00")

    for _ in range(2):
        booking_confirm(booking_id=booking.pk)

    assert first.status == second.status == "captured"
    assert [refund.payment_id for refund in Refund.objects.all()] == [second.pk]
    assert folio_balance(folio_id=booking.folio_id) == 0
    assert Notification.objects.get(type="payment_refunded").context["reason"] == "overpaid"


def test_a_deposit_paid_twice_goes_back_once(deposit_house, at):
    booking = held(deposit_house, at=at).booking
    payments = [charged(booking, "60.00", purpose="deposit") for _ in range(2)]

    for _ in range(2):
        booking_confirm(booking_id=booking.pk)

    assert Refund.objects.get().payment == payments[1]
    assert folio_balance(folio_id=booking.folio_id) == Decimal(140)


def test_staff_confirm_without_payment(house):
    clerk = StaffFactory(property=house.property, role=StaffRole.FRONT_DESK)
    booking = held(house, actor=clerk, channel="staff", guest=GuestDetails(name="Walk In")).booking

    booking = booking_confirm_by_staff(booking_id=booking.pk, actor=clerk)

    assert booking.status == "confirmed"
    assert house.inventory().sold == 1
    assert not Payment.objects.exists()


def test_only_staff_of_the_property_confirm(house):
    booking = held(house).booking

    with pytest.raises(PermissionDenied):
        booking_confirm_by_staff(booking_id=booking.pk, actor=StaffFactory())

    assert house.inventory().held == 1


def test_staff_confirm_neither_twice_nor_nobody_nor_what_has_expired(house, at):
    clerk = StaffFactory(property=house.property)
    nameless = held(house, guest=None, at=at).booking
    with pytest.raises(GuestRequired):
        booking_confirm_by_staff(booking_id=nameless.pk, actor=clerk)
    holds_expire(at=at + timedelta(hours=1))
    with pytest.raises(HoldExpired):
        booking_confirm_by_staff(booking_id=nameless.pk, actor=clerk)
    with pytest.raises(TransitionNotAllowed):
        booking_confirm_by_staff(booking_id=confirmed(house).pk, actor=clerk)
    assert inventory_differences() == []
