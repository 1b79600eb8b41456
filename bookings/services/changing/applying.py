"""Doing a change: rooms, nights, charges, refunds and everybody who is told, in the caller's transaction."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from bookings.changes import nights_difference, snapshot_stay
from bookings.models import Booking, BookingChange, BookingNight, ChangeStatus
from bookings.services.charges import charge_entries, charges_exchange, fee_post
from bookings.services.events import booking_changed_event
from bookings.services.following import assignments_follow, upgrades_become_own
from bookings.services.group_folios import charges_at_home
from bookings.services.group_nights import group_rooms_exchange
from bookings.services.mails import changed_mail, stay_changes
from bookings.services.moving import booking_write
from bookings.services.pending import nights_held
from bookings.services.settling import surplus_refund
from bookings.transitions import HOLDING_STATUSES, BookingStatus
from inventory.services.exchanging import NightChange, nights_exchange
from payments.models import EntryKind, Refund
from payments.selectors import folio_money
from payments.types import EntryData

WHY_REFUND = _("Refund: the stay was changed")


def change_apply(
    booking: Booking, change: BookingChange, *, actor: User | None, at: datetime
) -> list[Refund]:
    """Make a locked booking what ``change`` says, and the change done. Returns the refunds to be executed.

    The nights of both stays are locked. A change that waited gives the rooms it held to the stay. Raises `SoldOut`.
    """
    if not transaction.get_connection().in_atomic_block:
        raise transaction.TransactionManagementError(
            "change_apply() needs the transaction that holds the locks"
        )
    after = change.after
    _rooms_move(booking, change)
    nights_before = list(booking.nights.order_by("date", "room_index"))
    charges_before = _charges(booking, nights_before)
    fields = _fields(booking, after)
    booking_write(
        booking,
        **fields,
        change_fees=booking.change_fees + change.fee,
        pending_change=None,
    )
    nights_after = _nights_write(booking, nights_before, after)
    assignments_follow(booking, at=at)
    with charges_at_home(booking, actor=actor):
        charges_exchange(
            folio_id=booking.folio_id,
            before=charges_before,
            after=charge_entries(booking, nights_after),
            actor=actor,
        )
        fee_post(booking, fee=change.fee, actor=actor)
    _change_done(change, at=at)
    changed = [name for name, value in _told(change.before).items() if value != _told(after)[name]]
    booking_changed_event(booking, changes=changed or ["price"])
    refunds = surplus_refund(booking, why=WHY_REFUND, actor=actor)
    if booking.status != BookingStatus.HELD:
        changed_mail(
            booking,
            changes=stay_changes(
                booking,
                before=change.before,
                after=after,
                fee=change.fee,
                refund=sum((refund.amount for refund in refunds), start=Decimal(0)),
            ),
            money=folio_money(folio_id=booking.folio_id),
        )
    return refunds


def _rooms_move(booking: Booking, change: BookingChange) -> None:
    """From the old nights, and those that the change holds, to the new ones; a group's from and to its block."""
    held = (
        {(room_type_id, night): rooms for room_type_id, night, rooms in nights_held(change_id=change.pk)}
        if booking.pending_change_id == change.pk
        else {}
    )
    is_hold = booking.status in HOLDING_STATUSES
    difference = nights_difference(booking, change.after)
    upgrades_become_own(booking, room_type_id=change.after["room_type"]["id"])
    of_group = {} if is_hold else {key: more for key, more in difference.items() if key not in held}
    blocked = group_rooms_exchange(booking, of_group)
    nights_exchange(
        changes=[
            NightChange(
                room_type_id=room_type_id,
                date=night,
                held=(difference.get((room_type_id, night), 0) if is_hold else 0)
                - held.get((room_type_id, night), 0),
                sold=0 if is_hold else difference.get((room_type_id, night), 0),
                blocked=blocked.get((room_type_id, night), 0),
            )
            for room_type_id, night in {*difference, *held}
        ]
    )


def _fields(booking: Booking, after: Mapping[str, Any]) -> dict[str, Any]:
    quote, stay = after["quote"], snapshot_stay(after)
    return {
        "arrival": stay.arrival,
        "departure": stay.departure,
        "room_type_id": after["room_type"]["id"],
        "rate_plan_id": after["rate_plan"]["id"],
        "rooms": after["rooms"],
        "adults": after["adults"],
        "children_ages": list(after["children_ages"]),
        "room_total": Decimal(quote["room_total"]),
        "tax_added": Decimal(quote["tax_added"]),
        "total": Decimal(quote["total"]),
        "deposit_due": Decimal(quote["deposit_due"]),
        "quote": quote,
        "cancellation_terms": after["terms"],
    }


def _nights_write(
    booking: Booking, before: Iterable[BookingNight], after: Mapping[str, Any]
) -> list[BookingNight]:
    """Write the nights that are new or cost something else, take away those that are gone, keep the others."""
    known = {(night.date, night.room_index): night for night in before}
    nights = []
    for entry in after["quote"]["nights"]:
        key = (date.fromisoformat(entry["date"]), entry["room_index"])
        night = known.pop(key, None)
        if night is None or night.price != Decimal(entry["price"]):
            if night is not None:
                known[key] = night
            night = BookingNight(
                booking=booking, room_index=key[1], date=key[0], price=Decimal(entry["price"])
            )
        nights.append(night)
    if known:
        BookingNight.objects.filter(pk__in=[night.pk for night in known.values()]).delete()
    BookingNight.objects.bulk_create([night for night in nights if night.pk is None])
    return nights


def _charges(booking: Booking, nights: Sequence[BookingNight]) -> list[EntryData]:
    """What the stay was charged, line by line; as one line where its nights are not known exactly."""
    try:
        return charge_entries(booking, nights)
    except ValueError:
        return [EntryData(kind=EntryKind.CHARGE, description=booking.room_type.name, amount=booking.total)]


def _change_done(change: BookingChange, *, at: datetime) -> None:
    change.status = ChangeStatus.DONE
    change.decided_at = at
    change.save()


def _told(snapshot: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "arrival": snapshot["arrival"],
        "departure": snapshot["departure"],
        "room_type": snapshot["room_type"]["id"],
        "rate_plan": snapshot["rate_plan"]["id"],
        "rooms": snapshot["rooms"],
        "adults": snapshot["adults"],
        "children_ages": sorted(snapshot["children_ages"]),
    }
