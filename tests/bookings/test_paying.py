"""Paying for a hold."""

from datetime import timedelta
from decimal import Decimal
from uuid import uuid4

import pytest

from bookings.exceptions import (
    GuestRequired,
    HoldExpired,
    NothingDue,
    PaymentInProgress,
    PaymentKeyTaken,
    PaymentNotOffered,
    TransitionNotAllowed,
)
from bookings.models import Booking
from bookings.selectors import payment_options
from bookings.services import booking_cancel, booking_expire
from core.idempotency import Answer, Replay, idempotency_claim
from notifications.models import Notification
from payments.exceptions import GatewayUnavailable
from payments.gateways.sandbox import bank
from payments.gateways.sandbox.gateway import SandboxGateway
from payments.models import Payment
from payments.selectors import folio_balance, folio_paid
from tests.factories.bookings import confirmed, held, pay
from tests.factories.inventory import hotel

pytestmark = pytest.mark.django_db


def offered(booking):
    return [(option.gateway, option.purpose, option.amount) for option in payment_options(booking=booking)]


def test_a_card_confirms_at_once(house):
    booking = held(house).booking

    payment = pay(booking)

    booking.refresh_from_db()
    assert payment.status == "captured"
    assert (booking.status, booking.confirmed_at is not None) == ("confirmed", True)
    assert folio_balance(folio_id=booking.folio_id) == 0
    assert (house.inventory().held, house.inventory().sold) == (0, 1)


def test_a_deposit_confirms_and_the_rest_stays_due(deposit_house):
    booking = confirmed(deposit_house, purpose="deposit")

    assert booking.status == "confirmed"
    assert folio_paid(folio_id=booking.folio_id) == Decimal("60.00")
    assert offered(booking) == [("sandbox", "balance", Decimal("140.00"))]

    pay(booking, purpose="balance")

    assert folio_balance(folio_id=booking.folio_id) == 0
    with pytest.raises(NothingDue):
        pay(booking, purpose="balance")


def test_what_is_offered_follows_what_is_due(house, deposit_house):
    nothing_due, deposit_due = held(house).booking, held(deposit_house).booking

    assert offered(nothing_due) == [
        ("sandbox", "total", Decimal(200)),
        ("at_property", "total", Decimal(200)),
    ]
    assert offered(deposit_due) == [("sandbox", "deposit", Decimal(60)), ("sandbox", "total", Decimal(200))]


def test_a_deposit_of_everything_is_the_total():
    booking = held(hotel(nights=3, deposit="full")).booking

    assert offered(booking) == [("sandbox", "total", Decimal(200))]
    assert pay(booking, purpose="deposit").amount == Decimal(200)


def test_a_house_without_online_payment_takes_the_guests_word():
    booking = held(hotel(nights=3, deposit="full", gateways=["at_property"])).booking

    assert offered(booking) == [("at_property", "total", Decimal(200))]


def test_a_guarantee_confirms_and_everything_stays_due(house):
    booking = held(house).booking

    payment = pay(booking, gateway="at_property")

    booking.refresh_from_db()
    assert (payment.status, booking.status) == ("guaranteed", "confirmed")
    assert folio_balance(folio_id=booking.folio_id) == Decimal(200)


def test_a_guarantee_is_no_deposit(deposit_house):
    booking = held(deposit_house).booking

    with pytest.raises(PaymentNotOffered):
        pay(booking, gateway="at_property")

    assert not Payment.objects.exists()


@pytest.mark.parametrize(
    ("gateway", "purpose"), [("nobody", "total"), ("sandbox", "gift"), ("sandbox", "balance")]
)
def test_what_is_not_offered_is_refused(deposit_house, gateway, purpose):
    booking = held(deposit_house).booking

    with pytest.raises(PaymentNotOffered):
        pay(booking, gateway=gateway, purpose=purpose)

    assert not Payment.objects.exists()


def test_a_declined_card_leaves_the_hold_for_another_try(house):
    booking = held(house).booking

    payment = pay(booking, card="decline")

    booking.refresh_from_db()
    assert (payment.status, payment.failure_code, booking.status) == ("failed", "card_declined", "held")
    assert pay(booking).status == "captured"


def test_paying_keeps_the_rooms_for_as_long_as_the_provider_may_take(house, at):
    booking = held(house, at=at - timedelta(minutes=14)).booking

    pay(booking, card="confirm", at=at)

    booking.refresh_from_db()
    assert booking.hold_expires_at == at + timedelta(minutes=15 + 5)
    booking_expire(booking_id=booking.pk, at=at + timedelta(minutes=19))
    booking.refresh_from_db()
    assert booking.status == "held"


def test_rooms_are_not_kept_for_ever_by_starting_to_pay(house, at):
    booking = held(house, at=at).booking
    Booking.objects.filter(pk=booking.pk).update(
        created_at=at - timedelta(minutes=101), hold_expires_at=at + timedelta(minutes=5)
    )

    with pytest.raises(HoldExpired):
        pay(booking, card="confirm", at=at)

    assert not Payment.objects.exists()


def test_an_expired_hold_cannot_be_paid(house, at):
    booking = held(house, at=at - timedelta(minutes=15)).booking

    with pytest.raises(HoldExpired):
        pay(booking, at=at)
    booking_expire(booking_id=booking.pk, at=at)
    with pytest.raises(HoldExpired):
        pay(booking, at=at)

    assert not Payment.objects.exists()


def test_a_cancelled_stay_cannot_be_paid(house):
    booking = held(house).booking
    booking_cancel(booking_id=booking.pk, actor=None)

    with pytest.raises(TransitionNotAllowed):
        pay(booking)


def test_nobody_pays_for_a_stay_without_a_guest(house):
    booking = held(house, guest=None).booking

    with pytest.raises(GuestRequired):
        pay(booking)

    assert not Payment.objects.exists()


def test_one_key_is_one_charge(house):
    booking = held(house).booking
    key = uuid4().hex

    first = pay(booking, key=key)
    again = pay(booking, key=key)

    assert again == first
    assert Payment.objects.count() == 1
    assert folio_balance(folio_id=booking.folio_id) == 0


def test_a_key_belongs_to_one_way_to_pay(house):
    booking = held(house).booking
    key = uuid4().hex
    pay(booking, key=key, card="decline")

    with pytest.raises(PaymentKeyTaken):
        pay(booking, key=key, gateway="at_property")


def test_the_same_key_of_another_booking_is_another_payment(house):
    key = uuid4().hex

    pay(held(house).booking, key=key)
    pay(held(house).booking, key=key)

    assert Payment.objects.count() == 2


def test_while_a_payment_is_in_progress_there_is_no_second(house):
    booking = held(house).booking
    pay(booking, card="late")

    with pytest.raises(PaymentInProgress):
        pay(booking)

    assert Payment.objects.count() == 1


def test_trying_again_lets_go_of_what_waits_at_the_bank(house):
    booking = held(house).booking
    waiting = pay(booking, card="confirm")

    payment = pay(booking)

    waiting.refresh_from_db()
    assert (waiting.status, payment.status) == ("cancelled", "captured")


def test_trying_again_finds_what_was_paid_at_the_bank_meanwhile(house):
    booking = held(house).booking
    waiting = pay(booking, card="confirm")
    bank.intent_answer(reference=waiting.provider_reference, approved=True)

    payment = pay(booking)

    booking.refresh_from_db()
    assert (payment, payment.status, booking.status) == (waiting, "captured", "confirmed")
    assert Payment.objects.count() == 1


def test_a_silent_bank_leaves_the_booking_held_and_pending(house):
    booking = held(house).booking

    payment = pay(booking, card="timeout")

    booking.refresh_from_db()
    assert (payment.status, booking.status) == ("processing", "held")


def test_a_provider_that_is_away_can_be_asked_again(house, monkeypatch):
    booking = held(house).booking
    key = uuid4().hex

    def away(*_args, **_kwargs):
        raise GatewayUnavailable

    with monkeypatch.context() as patched:
        patched.setattr(SandboxGateway, "start", away)
        with pytest.raises(GatewayUnavailable):
            pay(booking, key=key)

    assert pay(booking, key=key).status == "captured"
    assert Payment.objects.count() == 1


def test_the_claim_of_a_payment_is_completed(house):
    booking = held(house).booking

    def claim():
        return idempotency_claim(
            principal="anonymous",
            key="k" * 20,
            request_hash="h",
            render=lambda payment: Answer(201, {"status": payment.status}),
        )

    pay(booking, idempotency=claim())

    again = claim()
    assert isinstance(again, Replay)
    assert again.body_json == '{"status":"captured"}'


def test_the_guest_gets_a_confirmation_and_a_receipt(deposit_house):
    booking = confirmed(deposit_house, purpose="deposit")

    mails = {mail.type: mail for mail in Notification.objects.all()}
    assert set(mails) == {"booking_confirmed", "payment_receipt"}
    assert {mail.recipient for mail in mails.values()} == {"ada@example.com"}
    told = mails["booking_confirmed"].context
    assert (told["reference"], told["total"], told["paid"], told["due"]) == (
        booking.reference,
        "200.00",
        "60.00",
        "140.00",
    )
    assert "?token=" in told["url"]
    assert mails["payment_receipt"].context["amount"] == "60.00"


def test_a_guest_without_address_gets_no_mail(house):
    from accounts.models import StaffRole
    from bookings.types import GuestDetails
    from tests.factories.accounts import StaffFactory

    clerk = StaffFactory(property=house.property, role=StaffRole.FRONT_DESK)
    booking = held(house, actor=clerk, channel="staff", guest=GuestDetails(name="Walk In")).booking

    pay(booking, gateway="at_property")

    booking.refresh_from_db()
    assert booking.status == "confirmed"
    assert not Notification.objects.exists()
