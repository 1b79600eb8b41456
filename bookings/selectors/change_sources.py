"""What a change knows of the stay as it was sold: prices, rooms and lines."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from bookings.cancellation import Sold
from bookings.changes import party_of
from bookings.models import (
    OPEN_GROUP_STATUSES,
    Booking,
    BookingChangeHold,
    BookingNight,
    GroupBlock,
    GroupStatus,
    RoomAssignment,
)
from bookings.transitions import BookingStatus
from bookings.types import StayChange
from core.dates import StayDates, date_range
from core.money import round_money
from inventory.pricing.changes import SoldStay
from inventory.pricing.quotes import RoomOnNight
from inventory.selectors.requotes import RoomsAtHand
from inventory.types import QuoteLine, QuoteLineKind

ZERO = Decimal(0)


def sold_of(booking: Booking, nights: Sequence[BookingNight]) -> Sold:
    """What the fees of the stay are made of, from its nights. No query."""
    prices: dict[date, Decimal] = {}
    for night in nights:
        prices[night.date] = prices.get(night.date, ZERO) + round_money(night.price, booking.currency)
    return Sold(
        total=round_money(booking.total, booking.currency),
        currency=booking.currency,
        rooms=booking.rooms,
        night_prices=prices,
        terms=booking.cancellation_terms,
        fees=round_money(booking.change_fees, booking.currency),
    )


def sold_stay_of(booking: Booking) -> SoldStay:
    """The stay as sold, and the rooms that a change of it holds already. One query if there is such a change."""
    holds = (
        BookingChangeHold.objects.filter(change_id=booking.pending_change_id).values_list(
            "room_type_id", "date", "rooms"
        )
        if booking.pending_change_id
        else ()
    )
    return SoldStay(
        room_type_id=booking.room_type_id,
        rate_plan_id=booking.rate_plan_id,
        stay=StayDates(booking.arrival, booking.departure),
        party=party_of(booking),
        has_arrived=booking.status == BookingStatus.CHECKED_IN,
        rooms_kept={(room_type_id, night): rooms for room_type_id, night, rooms in holds},
    )


def rooms_at_hand(booking: Booking, change: StayChange, *, may_wait: bool) -> RoomsAtHand:
    """The rooms that a change may take besides those on sale: what the booking's group keeps on nights with enough for
    all it needs, at the group's price, and the rooms that its guests have as an upgrade to the type they change to.

    A change that ``may_wait`` for a payment holds what is on sale only: there are no such rooms for it. One query for a
    group's booking, one for another room type.
    """
    rooms: Counter[date] = Counter()
    agreed: dict[date, Decimal] = {}
    nights: dict[str, Any] = {"room_type_id": change.room_type_id, "date__in": list(change.stay.dates())}
    if booking.group_id is not None:
        blocks = GroupBlock.objects.filter(group_id=booking.group_id, **nights).select_related("group")
        for block in blocks.exclude(group__status=GroupStatus.CANCELLED):
            needed = change.party.rooms - _rooms_on(booking, block.room_type_id, block.date)
            is_kept = block.group.status in OPEN_GROUP_STATUSES and not may_wait
            if is_kept and 0 < needed <= block.left:
                rooms[block.date] += needed
            if block.price is not None:
                agreed[block.date] = block.price
    if change.room_type_id != booking.room_type_id and not may_wait:
        upgrades = RoomAssignment.objects.filter(
            booking_id=booking.pk, block__isnull=False, room__room_type_id=change.room_type_id
        )
        for start, end in upgrades.values_list("start", "end"):
            rooms.update(date_range(start, end))
    return RoomsAtHand(rooms=rooms, agreed=agreed)


def _rooms_on(booking: Booking, room_type_id: int, night: date) -> int:
    is_its_own = room_type_id == booking.room_type_id and booking.arrival <= night < booking.departure
    return booking.rooms if is_its_own else 0


def lines_kept(
    booking: Booking, nights: Sequence[BookingNight], kept: Sequence[date]
) -> dict[RoomOnNight, list[QuoteLine]]:
    """The lines of the nights that keep their price, as they were sold; one line where nobody knows them."""
    known: dict[tuple[str, int], list[QuoteLine]] = {}
    for line in booking.quote.get("lines", ()):
        if line.get("date"):
            known.setdefault((line["date"], line["room_index"]), []).append(_line(line))
    wanted = set(kept)
    lines: dict[RoomOnNight, list[QuoteLine]] = {}
    for night in nights:
        if night.date in wanted:
            price = round_money(night.price, booking.currency)
            sold = known.get((night.date.isoformat(), night.room_index), [])
            lines[night.date, night.room_index] = (
                sold
                if sum(line.amount for line in sold) == price and sold
                else [_whole(booking, night, price)]
            )
    return lines


def _line(line: Mapping[str, Any]) -> QuoteLine:
    return QuoteLine(
        kind=line["kind"],
        label=line["label"],
        amount=Decimal(line["amount"]),
        date=date.fromisoformat(line["date"]),
        room_index=line["room_index"],
        is_included=line["is_included"],
        data=line.get("data", {}),
    )


def _whole(booking: Booking, night: BookingNight, price: Decimal) -> QuoteLine:
    names = {"room_type": booking.room_type.name, "rate_plan": booking.rate_plan.name}
    return QuoteLine(
        kind=QuoteLineKind.ROOM,
        label=f"{names['room_type']}, {names['rate_plan']}",
        amount=price,
        date=night.date,
        room_index=night.room_index,
        data=names,
    )
