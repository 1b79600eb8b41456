"""Calling a stay off."""

from datetime import datetime, timedelta
from decimal import Decimal

import pytest

from accounts.models import StaffRole
from bookings.exceptions import FeeChanged, TransitionNotAllowed
from bookings.models import Booking
from bookings.selectors import cancellation_preview, inventory_differences
from bookings.services import booking_cancel
from core.exceptions import PermissionDenied
from core.idempotency import Answer, Replay, idempotency_claim
from notifications.models import Notification
from payments.exceptions import GatewayUnavailable
from payments.gateways.sandbox.gateway import SandboxGateway
from payments.models import FolioEntry, Refund
from payments.selectors import folio_balance, folio_charges, folio_paid
from payments.services import payments_reconcile
from tests.factories.accounts import StaffFactory, SuperuserFactory
from tests.factories.bookings import confirmed, held
from tests.factories.inventory import hotel

pytestmark = pytest.mark.django_db


def arrival_of(booking: Booking) -> datetime:
    return datetime.fromisoformat(booking.cancellation_terms["arrival_at"])


def refunds() -> list[tuple[Decimal, str]]:
    return list(Refund.objects.order_by("pk").values_list("amount", "status"))


def test_in_time_everything_goes_back(house):
    booking = confirmed(house)

    booking_cancel(booking_id=booking.pk, actor=None, expected_fee=Decimal(0), reason="Change of plans")

    booking.refresh_from_db()
    assert (booking.status, booking.cancellation_fee, booking.cancellation_reason) == (
        "cancelled",
        Decimal(0),
        "Change of plans",
    )
    assert refunds() == [(Decimal(200), "succeeded")]
    assert folio_balance(folio_id=booking.folio_id) == folio_charges(folio_id=booking.folio_id) == 0
    assert (house.inventory().held, house.inventory().sold) == (0, 0)


def test_late_the_fee_is_kept_and_the_rest_goes_back(deposit_house):
    booking = confirmed(deposit_house)
    at = arrival_of(booking) - timedelta(hours=30)

    booking_cancel(booking_id=booking.pk, actor=None, at=at)

    booking.refresh_from_db()
    assert booking.cancellation_fee == Decimal(100)
    assert refunds() == [(Decimal(100), "succeeded")]
    assert folio_charges(folio_id=booking.folio_id) == Decimal(100)
    assert folio_balance(folio_id=booking.folio_id) == 0
    mail = Notification.objects.get(type="booking_cancelled")
    assert (mail.context["fee"], mail.context["refund"]) == ("100.00", "100.00")


@pytest.mark.parametrize("hours_before", [200, 168, 167, 24, 23, 0, -5])
@pytest.mark.parametrize("purpose", ["deposit", "total"])
def test_the_preview_is_the_outcome(deposit_house, purpose, hours_before):
    booking = confirmed(deposit_house, purpose=purpose)
    at = arrival_of(booking) - timedelta(hours=hours_before)

    preview = cancellation_preview(booking=booking, at=at)
    cancelled = booking_cancel(booking_id=booking.pk, actor=None, at=at, expected_fee=preview.fee)

    assert cancelled.cancellation_fee == preview.fee
    assert sum(amount for amount, _status in refunds()) == preview.refund
    assert folio_balance(folio_id=booking.folio_id) == preview.due
    assert 0 in (preview.refund, preview.due)


def test_a_fee_beyond_the_deposit_is_owed(deposit_house):
    booking = confirmed(deposit_house, purpose="deposit")
    at = arrival_of(booking) - timedelta(hours=30)

    preview = cancellation_preview(booking=booking, at=at)
    booking_cancel(booking_id=booking.pk, actor=None, at=at)

    assert (preview.fee, preview.refund, preview.due) == (Decimal(100), Decimal(0), Decimal(40))
    assert refunds() == []
    assert folio_balance(folio_id=booking.folio_id) == Decimal(40)


def test_a_hold_is_let_go_for_nothing_and_without_a_mail(deposit_house):
    booking = held(deposit_house).booking
    at = arrival_of(booking)

    booking_cancel(booking_id=booking.pk, actor=None, at=at, expected_fee=Decimal(0))

    assert folio_balance(folio_id=booking.folio_id) == 0
    assert deposit_house.inventory().held == 0
    assert not Notification.objects.exists()


def test_a_fee_that_has_changed_is_told_and_changes_nothing(deposit_house):
    booking = confirmed(deposit_house)
    at = arrival_of(booking) - timedelta(hours=1)

    with pytest.raises(FeeChanged) as refused:
        booking_cancel(booking_id=booking.pk, actor=None, at=at, expected_fee=Decimal(100))

    assert refused.value.data == {
        "fee": {"amount": "200.00", "currency": "EUR"},
        "refund": {"amount": "0.00", "currency": "EUR"},
    }
    booking.refresh_from_db()
    assert booking.status == "confirmed"
    assert deposit_house.inventory().sold == 1
    assert refunds() == []
    assert not FolioEntry.objects.filter(kind="reversal").exists()


@pytest.mark.parametrize("role", [StaffRole.MANAGER, StaffRole.FINANCE])
def test_managers_and_finance_may_waive_the_fee(deposit_house, role):
    booking = confirmed(deposit_house)
    actor = StaffFactory(property=deposit_house.property, role=role)

    booking_cancel(booking_id=booking.pk, actor=actor, at=arrival_of(booking), waive_fee=True)

    assert refunds() == [(Decimal(200), "succeeded")]
    assert Refund.objects.get().created_by == actor


def test_superusers_may_waive_the_fee(deposit_house):
    booking = confirmed(deposit_house)

    booking_cancel(booking_id=booking.pk, actor=SuperuserFactory(), at=arrival_of(booking), waive_fee=True)

    assert refunds() == [(Decimal(200), "succeeded")]


def test_nobody_else_may_waive_the_fee(deposit_house):
    booking = confirmed(deposit_house)
    others = [
        None,
        StaffFactory(property=deposit_house.property, role=StaffRole.FRONT_DESK),
        StaffFactory(property=hotel(nights=1).property, role=StaffRole.MANAGER),
    ]

    for actor in others:
        with pytest.raises(PermissionDenied):
            booking_cancel(booking_id=booking.pk, actor=actor, at=arrival_of(booking), waive_fee=True)

    booking.refresh_from_db()
    assert booking.status == "confirmed"


def test_a_provider_that_is_away_pays_back_later(house, monkeypatch, at):
    booking = confirmed(house)

    def away(*_args, **_kwargs):
        raise GatewayUnavailable

    with monkeypatch.context() as patched:
        patched.setattr(SandboxGateway, "refund", away)
        booking_cancel(booking_id=booking.pk, actor=None)

    assert refunds() == [(Decimal(200), "pending")]
    assert folio_paid(folio_id=booking.folio_id) == Decimal(200)
    payments_reconcile(at=at + timedelta(hours=1))
    assert refunds() == [(Decimal(200), "succeeded")]
    assert folio_balance(folio_id=booking.folio_id) == 0


def test_cancelling_twice_is_refused(house):
    booking = confirmed(house)
    booking_cancel(booking_id=booking.pk, actor=None)

    with pytest.raises(TransitionNotAllowed):
        booking_cancel(booking_id=booking.pk, actor=None)

    assert refunds() == [(Decimal(200), "succeeded")]
    assert inventory_differences() == []


def test_the_claim_of_a_cancellation_is_completed(house):
    booking = confirmed(house)

    def claim():
        return idempotency_claim(
            principal="anonymous",
            key="k" * 20,
            request_hash="h",
            render=lambda cancelled: Answer(200, {"status": cancelled.status}),
        )

    booking_cancel(booking_id=booking.pk, actor=None, idempotency=claim())

    again = claim()
    assert isinstance(again, Replay)
    assert again.body_json == '{"status":"cancelled"}'


def test_freed_nights_are_announced(house, django_capture_on_commit_callbacks):
    from inventory.signals import nights_freed

    booking = confirmed(house)
    heard = []

    def hear(**told):
        heard.append((told["room_type_id"], told["arrival"], told["departure"], told["rooms"]))

    nights_freed.connect(hear)
    try:
        with django_capture_on_commit_callbacks(execute=True):
            booking_cancel(booking_id=booking.pk, actor=None)
    finally:
        nights_freed.disconnect(hear)

    assert heard == [(house.room_type.pk, booking.arrival, booking.departure, 1)]
