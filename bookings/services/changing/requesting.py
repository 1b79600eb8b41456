"""A guest or staff want a stay to be another one: done at once, or kept waiting for the payment of the difference."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from accounts.models import User
from bookings.changes import nights_difference, quote_snapshot, stay_snapshot
from bookings.exceptions import PaymentInProgress
from bookings.models import Booking, BookingChange, BookingChangeHold, ChangeStatus
from bookings.selectors.changes import WorkedOut, change_work_out
from bookings.services.events import booking_changed_event
from bookings.services.mails import change_waits_mail
from bookings.services.moving import booking_lock, booking_lock_as_seen, booking_look, booking_write
from bookings.services.pending import CHANGE_MAX_MINUTES, pending_end
from bookings.services.reaping import expired_holds_exist, nights_lock_reaping
from bookings.services.settling import refunds_execute
from bookings.types import StayChange
from core.exceptions import translate_integrity_errors
from core.idempotency import IdempotencyClaim
from inventory.exceptions import QuoteChanged, SoldOut
from inventory.services.exchanging import NightChange, nights_exchange
from payments.models import Refund
from payments.selectors import folio_money

from .applying import change_apply
from .conflicts import version_check

REASON_MAX_LENGTH = 200


def booking_change(
    *,
    booking_id: int,
    change: StayChange,
    expected_total: Decimal | None,
    actor: User | None,
    expected_version: int | None = None,
    expected_fee: Decimal | None = None,
    as_staff: bool | None = None,
    key: str = "",
    at: datetime | None = None,
    idempotency: IdempotencyClaim | None = None,
) -> Booking:
    """Make a booking what ``change`` says, exactly as `change_preview` shows for the same instant. Committed on return.

    ``expected_total`` is the preview's ``after_total``, ``expected_fee`` its ``fee``, ``expected_version`` its
    ``version``; None: whatever it is. ``as_staff``: whether what is for staff counts; None: whether ``actor`` is staff
    who may. With the same ``key`` the same change of the same booking is made once.

    A guest who has to pay first gets a change that waits: ``booking.pending_change`` is set, the rooms it needs are
    held, and its payment does it. All else is done at once, and refunds are executed after the transaction. Another
    change that was waiting ends. Locks old and new nights in (room type, date) order, booking, physical rooms, folio.

    Raises what the preview refuses, `QuoteChanged` with the new quote, `VersionConflict`, `SoldOut` (where rooms are
    short expired holds on these nights go first), `BookingNotFound`, and `Unavailable` ("busy").
    """
    at = at or timezone.now()

    def attempt(*, is_reaping: bool) -> tuple[Booking, list[Refund]]:
        with translate_integrity_errors(), transaction.atomic(durable=True):
            booking = _lock(booking_id, change, at=at, is_reaping=is_reaping)
            refunds: list[Refund] = []
            if not (key and BookingChange.objects.filter(key=_key(booking, key)).exists()):
                version_check(booking, expected=expected_version)
                worked_out = change_work_out(
                    booking=booking, change=change, actor=actor, as_staff=as_staff, at=at
                )
                _agreed_check(worked_out, total=expected_total, fee=expected_fee)
                refunds = _write(booking, change, worked_out, actor=actor, key=key, at=at)
            if idempotency is not None:
                idempotency.complete(booking)
        return booking, refunds

    try:
        booking, refunds = attempt(is_reaping=False)
    except SoldOut:
        if not expired_holds_exist(room_type_id=change.room_type_id, stay=change.stay, at=at):
            raise
        booking, refunds = attempt(is_reaping=True)
    refunds_execute(refunds)
    return booking


@translate_integrity_errors()
def change_withdraw(*, booking_id: int, at: datetime | None = None) -> Booking:
    """Whoever wanted a change that waits for its payment does not want it any more: its nights are free.

    Callers check who asks. Nothing happens without such a change. Locks nights and booking. Raises
    `PaymentInProgress` while a provider is at work, `BookingNotFound`, `Unavailable`.
    """
    at = at or timezone.now()
    with transaction.atomic(durable=True):
        booking = booking_lock(booking_id=booking_id)
        if booking.pending_change_id is not None:
            if folio_money(folio_id=booking.folio_id).has_open_payment:
                raise PaymentInProgress
            pending_end(booking, status=ChangeStatus.REFUSED, refusal="withdrawn", at=at)
            booking_write(booking, pending_change=None)
            booking_changed_event(booking, changes=["pending_change"])
    return booking


def _lock(booking_id: int, change: StayChange, *, at: datetime, is_reaping: bool) -> Booking:
    wanted = [(change.room_type_id, night) for night in change.stay.dates()]
    if not is_reaping:
        return booking_lock(booking_id=booking_id, also=wanted)
    look = booking_look(booking_id=booking_id)
    nights_lock_reaping(
        room_type_id=change.room_type_id,
        stay=change.stay,
        at=at,
        spare=booking_id,
        also=look.nights(),
    )
    return booking_lock_as_seen(look)


def _agreed_check(worked_out: WorkedOut, *, total: Decimal | None, fee: Decimal | None) -> None:
    """Refuse what cannot be, and what is not what was agreed to."""
    preview = worked_out.preview
    if preview.refusal is not None:
        raise preview.refusal
    assert preview.quote is not None
    if (total is not None and total != preview.after_total) or (fee is not None and fee != preview.fee):
        raise QuoteChanged(preview.quote)


def _write(
    booking: Booking,
    change: StayChange,
    worked_out: WorkedOut,
    *,
    actor: User | None,
    key: str,
    at: datetime,
) -> list[Refund]:
    if booking.pending_change_id is not None:
        pending_end(booking, status=ChangeStatus.REFUSED, refusal="replaced", at=at)
    row = _row(booking, change, worked_out, actor=actor, key=key, at=at)
    if not worked_out.preview.is_pending:
        return change_apply(booking, row, actor=actor, at=at)
    row.status = ChangeStatus.PENDING
    row.expires_at = at + timedelta(minutes=settings.BOOKING_HOLD_MINUTES)
    row.limit_at = at + timedelta(minutes=CHANGE_MAX_MINUTES)
    row.save()
    short = {key: rooms for key, rooms in nights_difference(booking, row.after).items() if rooms > 0}
    nights_exchange(
        changes=[
            NightChange(room_type_id=room_type_id, date=night, held=rooms)
            for (room_type_id, night), rooms in short.items()
        ]
    )
    BookingChangeHold.objects.bulk_create(
        BookingChangeHold(change=row, room_type_id=room_type_id, date=night, rooms=rooms)
        for (room_type_id, night), rooms in sorted(short.items())
    )
    booking_write(booking, pending_change=row)
    booking_changed_event(booking, changes=["pending_change"])
    if row.is_by_staff:
        change_waits_mail(booking, change=row)
    return []


def _row(
    booking: Booking,
    change: StayChange,
    worked_out: WorkedOut,
    *,
    actor: User | None,
    key: str,
    at: datetime,
) -> BookingChange:
    """The change as history will have it, not written yet."""
    preview, quote = worked_out.preview, worked_out.preview.quote
    assert quote is not None
    return BookingChange(
        booking=booking,
        actor=actor,
        is_by_staff=worked_out.powers.is_staff,
        before=stay_snapshot(booking, night_prices=worked_out.sold.night_prices),
        after=quote_snapshot(
            quote,
            room_type_name=worked_out.room_type_name,
            rate_plan_name=worked_out.rate_plan_name,
            terms=worked_out.terms,
            language=booking.language,
        ),
        currency=booking.currency,
        before_total=preview.before_total,
        after_total=preview.after_total,
        fee=preview.fee,
        due_now=preview.due_now,
        paid_needed=worked_out.taken + preview.due_now,
        override_price=change.nightly_override,
        reason=change.override_reason.strip()[:REASON_MAX_LENGTH],
        ignores_restrictions=change.ignore_restrictions,
        is_repriced=change.reprice,
        is_fee_waived=change.waive_fee,
        key=_key(booking, key) if key else None,
    )


def _key(booking: Booking, key: str) -> str:
    return f"{booking.pk}:{key}"[:80]
