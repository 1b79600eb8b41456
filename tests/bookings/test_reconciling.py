"""What a missed event left behind is found and repaired."""

import json
from datetime import timedelta
from decimal import Decimal
from io import StringIO

import pytest
from django.core.management import call_command
from django.utils import timezone

from bookings import tasks
from bookings.services import booking_expire, bookings_reconcile, reconciling
from core.exceptions import Unavailable
from payments.gateways.sandbox import bank
from payments.models import Payment, Refund
from payments.selectors import folio_balance
from payments.services import payment_refresh, payments_reconcile
from tests.factories.bookings import held, pay

pytestmark = pytest.mark.django_db


def unnoticed_payment(house, at):
    """A hold whose money came without anybody hearing of it."""
    booking = held(house, at=at).booking
    payment = pay(booking, card="confirm", at=at)
    bank.intent_answer(reference=payment.provider_reference, approved=True)
    payment_refresh(payment_id=payment.pk)
    return booking


def test_money_of_a_hold_confirms_it(house, at):
    booking = unnoticed_payment(house, at)

    report = bookings_reconcile()

    booking.refresh_from_db()
    assert report.confirmed == [booking.reference]
    assert booking.status == "confirmed"
    assert bookings_reconcile().confirmed == []


def test_a_silent_bank_is_asked_by_key(house, at):
    booking = held(house, at=at).booking
    pay(booking, card="timeout", at=at)

    payments_reconcile(at=timezone.now() + timedelta(minutes=2))
    bookings_reconcile()

    booking.refresh_from_db()
    assert booking.status == "confirmed"
    assert Payment.objects.get().status == "captured"


def test_money_of_an_expired_hold_gets_rooms_or_goes_back(house, at):
    lucky, unlucky = unnoticed_payment(house, at), unnoticed_payment(house, at)
    expire_although_paid(lucky, unlucky, at=at)
    held(house)

    report = bookings_reconcile()

    assert report.confirmed == [lucky.reference]
    assert report.refunded == [unlucky.reference]
    assert Refund.objects.get().amount == Decimal(200)
    assert folio_balance(folio_id=unlucky.folio_id) == 0


def expire_although_paid(*bookings, at):
    """Let holds expire as they would have before their money was seen."""
    from django.db import transaction

    from bookings.services.moving import booking_lock
    from bookings.services.reaping import hold_end

    for booking in bookings:
        with transaction.atomic():
            hold_end(booking_lock(booking_id=booking.pk))
        assert booking_expire(booking_id=booking.pk, at=at).status == "expired"


def test_one_that_cannot_be_repaired_does_not_stop_the_others(house, at, monkeypatch):
    first, second = unnoticed_payment(house, at), unnoticed_payment(house, at)
    settle = reconciling.booking_settle

    def busy(*, booking_id, at):
        if booking_id == first.pk:
            raise Unavailable(code="busy")
        return settle(booking_id=booking_id, at=at)

    monkeypatch.setattr(reconciling, "booking_settle", busy)

    report = bookings_reconcile()

    assert report.errors == [f"booking {first.pk}: busy"]
    assert report.confirmed == [second.reference]


def test_the_command_says_what_it_repaired(house, at):
    booking = unnoticed_payment(house, at)
    out = StringIO()

    call_command("payments_reconcile", stdout=out)

    assert f"Bookings: 1 ({booking.reference}) confirmed, 0 changed, 0 refunded." in out.getvalue()


def test_the_command_speaks_json(house, at):
    booking = unnoticed_payment(house, at)
    out = StringIO()

    call_command("payments_reconcile", "--json", stdout=out)

    report = json.loads(out.getvalue())
    assert report["bookings"] == {
        "confirmed": [booking.reference],
        "changed": [],
        "refunded": [],
        "errors": [],
    }
    assert report["payments"]["errors"] == []


def test_the_command_fails_when_something_is_left(house, at, monkeypatch):
    unnoticed_payment(house, at)

    def busy(**_arguments):
        raise Unavailable(code="busy")

    monkeypatch.setattr(reconciling, "booking_settle", busy)
    err = StringIO()

    with pytest.raises(SystemExit) as ended:
        call_command("payments_reconcile", stdout=StringIO(), stderr=err)

    assert ended.value.code == 1
    assert "busy" in err.getvalue()


def test_the_task_repairs_too(house, at):
    booking = unnoticed_payment(house, at)

    tasks.payments_reconcile()

    booking.refresh_from_db()
    assert booking.status == "confirmed"
