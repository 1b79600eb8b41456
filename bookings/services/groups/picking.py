"""Rooms of a group are picked up: each becomes a guest's booking, from what is kept for the group."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override

from accounts.models import User
from accounts.selectors import operation_require
from bookings.exceptions import GroupClosed
from bookings.group_types import GroupRoom, PickedUp
from bookings.models import Booking, BookingChannel, Group, GroupBlock, GroupStatus
from bookings.selectors import sold_get
from bookings.services.charges import charges_to_group
from bookings.services.events import booking_moved_event
from bookings.services.group_nights import group_rooms_take
from bookings.services.guests import guest_clean
from bookings.services.holding import quote_write
from bookings.services.mails import confirmed_mail
from bookings.services.moving import booking_write
from bookings.transitions import BookingStatus
from bookings.types import GuestDetails
from core.dates import StayDates
from core.exceptions import ValidationFailed, translate_integrity_errors
from core.idempotency import IdempotencyClaim
from inventory.exceptions import UnknownRoomType
from inventory.models import RoomType
from inventory.selectors.group_quotes import quote_for_group
from inventory.types import Party
from payments.selectors import folio_money

from .locking import blocks_lock, group_lock

SOURCE_MAX_LENGTH = 80
CLOSED = (GroupStatus.CANCELLED,)


def group_pick_up(
    *, group_id: int, room: GroupRoom, actor: User, is_told: bool = True, at: datetime | None = None
) -> Booking:
    """Book one room of a group for a guest: confirmed at once, at the group's price, out of the group's block.

    Nights on which the group keeps no room (any more) come from the rooms that are free. The same ``room.key`` gives
    the booking that is there. With a shared folio the group is charged. Locks group, nights, folios. Raises `SoldOut`,
    `NightsMissing`, `GroupClosed`, `GuestInvalid`, `StayNotSellable`, `PermissionDenied`.
    """
    picked = group_rooms_pick_up(group_id=group_id, rooms=[room], actor=actor, is_told=is_told, at=at)
    return [*picked.made, *picked.known][0]


def group_rooms_pick_up(
    *,
    group_id: int,
    rooms: Sequence[GroupRoom],
    actor: User,
    is_told: bool = False,
    at: datetime | None = None,
    idempotency: IdempotencyClaim | None = None,
) -> PickedUp:
    """Book many rooms of a group, all or none, each ``key`` once. ``is_told``: guests get their confirmation by mail.

    One transaction. Locks and raises as `group_pick_up`.
    """
    at = at or timezone.now()
    with translate_integrity_errors(), transaction.atomic(durable=True):
        group = group_lock(group_id=group_id)
        operation_require(actor, group.property_id, "group_manage")
        if group.status in CLOSED:
            raise GroupClosed
        room_types = {row.pk: row for row in RoomType.objects.filter(property_id=group.property_id)}
        known = rooms_known(group, rooms)
        new = [room for room in rooms if room_source(group, room) not in known]
        for room in new:
            _room_check(group, room, room_types)
        blocks_lock(group, also=_nights_of(new))
        prices = _prices(group)
        made = [
            _book(group, room, room_types[room.room_type_id], prices, actor=actor, at=at, is_told=is_told)
            for room in new
        ]
        picked = PickedUp(made=tuple(made), known=tuple(known.values()))
        if idempotency is not None:
            idempotency.complete(picked)
    return picked


def rooms_known(group: Group, rooms: Iterable[GroupRoom]) -> dict[str, Booking]:
    """The bookings of rooms that are booked already and not called off, by what tells the rooms apart. One query."""
    wanted = {room_source(group, room) for room in rooms if room.key}
    rows = Booking.objects.filter(group=group, source__isnull=False).exclude(status=BookingStatus.CANCELLED)
    by_source = {_source_base(booking.source or ""): booking for booking in rows.order_by("pk")}
    return {source: booking for source, booking in by_source.items() if source in wanted}


def room_source(group: Group, room: GroupRoom) -> str | None:
    """What tells a room of a group's list apart for ever; None for a room without a key."""
    if not room.key:
        return None
    return f"group:{group.pk}:{room.key.replace(':', '-')}"[: SOURCE_MAX_LENGTH - 4]


def _source_base(source: str) -> str:
    """The source without the count of bookings that were called off before it."""
    return ":".join(source.split(":")[:3])


def _nights_of(rooms: Iterable[GroupRoom]) -> list[tuple[int, date]]:
    return [
        (room.room_type_id, night)
        for room in rooms
        for night in StayDates(room.arrival, room.departure).dates()
    ]


def _prices(group: Group) -> dict[int, dict[date, Decimal]]:
    """The fixed prices of a group by room type and night. One query."""
    prices: dict[int, dict[date, Decimal]] = {}
    rows = GroupBlock.objects.filter(group=group, price__isnull=False)
    for room_type_id, night, price in rows.values_list("room_type_id", "date", "price"):
        assert price is not None
        prices.setdefault(room_type_id, {})[night] = price
    return prices


def _room_check(group: Group, room: GroupRoom, room_types: dict[int, RoomType]) -> None:
    if room.room_type_id not in room_types:
        raise UnknownRoomType(field="room_type")
    if not room.guests or not room.guests[0].strip():
        raise ValidationFailed(gettext_lazy("Please name the guest."), field="name")
    if room.departure <= room.arrival:
        raise ValidationFailed(gettext_lazy("The departure must be after the arrival."), field="departure")


def _book(
    group: Group,
    room: GroupRoom,
    room_type: RoomType,
    prices: dict[int, dict[date, Decimal]],
    *,
    actor: User,
    at: datetime,
    is_told: bool,
) -> Booking:
    """One room: moved to sold, priced, written, confirmed, charged to whom it belongs, told."""
    stay = StayDates(room.arrival, room.departure)
    quote = quote_for_group(
        room_type_id=room.room_type_id,
        rate_plan_id=group.rate_plan_id,
        stay=stay,
        party=Party(adults=len(room.guests)),
        agreed=prices.get(room.room_type_id, {}),
    )
    group_rooms_take(group_id=group.pk, room_type_id=room.room_type_id, nights=stay.dates())
    held = quote_write(
        quote,
        guest=_guest(room),
        user=None,
        actor=actor,
        channel=BookingChannel.CORPORATE if group.company else BookingChannel.STAFF,
        expires_at=at,
        is_offer=False,
    )
    booking = Booking.objects.with_summary().get(pk=held.booking.pk)
    booking_write(
        booking,
        status=BookingStatus.CONFIRMED,
        confirmed_at=at,
        group=group,
        market_segment="groups",
        source=_source_free(group, room),
    )
    booking_moved_event(booking, source=BookingStatus.HELD)
    charges_to_group(booking, actor=actor)
    if is_told and booking.guest_email:
        money = folio_money(folio_id=booking.folio_id)
        confirmed_mail(booking, sold=sold_get(booking=booking), money=money, at=at)
    return booking


def _source_free(group: Group, room: GroupRoom) -> str | None:
    """The room's source; one whose booking was called off is booked anew under the next."""
    source = room_source(group, room)
    if source is None:
        return None
    taken = Booking.objects.filter(source__startswith=source).count()
    return f"{source}:{taken}"[:SOURCE_MAX_LENGTH] if taken else source


def _guest(room: GroupRoom) -> GuestDetails:
    """Who comes; those who share the room are named in the requests."""
    requests = room.requests.strip()
    if len(room.guests) > 1:
        with override(room.language or None):
            others = _("Shares the room: %(names)s") % {"names": ", ".join(room.guests[1:])}
        requests = f"{others}\n{requests}".strip()
    return guest_clean(
        GuestDetails(
            name=room.guests[0],
            email=room.email,
            language=room.language,
            special_requests=requests,
        ),
        email_required=False,
    )
