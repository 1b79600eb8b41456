"""The day at the front desk: who comes, who leaves, who is here, who owes, who asked for something, who is late."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import F, Q

from bookings.models import Booking, RoomAssignment
from bookings.transitions import BookingStatus
from core.dates import property_now
from inventory.models import Housekeeping, Property, RoomFeature
from payments.selectors import folio_balances

LATE_FROM = time(20)
"""Who says to come at this hour of the property's clock or later is a late arrival."""

OWING_DAYS = 14
"""So long after the departure somebody who left with an open balance is still shown."""

LONGEST_STAY_DAYS = 60
"""Looking back, who has left again is searched among departures of so many days."""

_S = BookingStatus
_ACTIVE = (_S.HELD, _S.CONFIRMED, _S.CHECKED_IN)
_FIELDS = (
    "id",
    "reference",
    "status",
    "guest_name",
    "room_type__name",
    "room_type__code",
    "arrival",
    "departure",
    "rooms",
    "adults",
    "children_ages",
    "arrival_time",
    "special_requests",
    "currency",
    "folio_id",
    "guest_id",
    "guest__is_vip",
    "guest__wishes",
    "checked_out_at",
)


@dataclass(frozen=True, slots=True)
class RoomChip:
    """A room of a stay as a list shows it."""

    room_id: int
    number: str
    housekeeping: str
    room_index: int

    @property
    def housekeeping_label(self) -> str:
        return str(Housekeeping(self.housekeeping).label)


@dataclass(frozen=True, slots=True)
class StayRow:
    """A line of the day. ``balance`` is what the guest owes, negative what is owed to them."""

    id: int
    reference: str
    status: str
    guest_name: str
    room_type: str
    room_type_code: str
    arrival: date
    departure: date
    rooms: int
    adults: int
    children: int
    arrival_time: time | None
    special_requests: str
    currency: str
    folio_id: int
    guest_id: int | None
    is_vip: bool
    wishes: tuple[str, ...]
    checked_out_at: datetime | None
    balance: Decimal = Decimal(0)
    chips: tuple[RoomChip, ...] = ()

    @property
    def nights(self) -> int:
        return (self.departure - self.arrival).days

    @property
    def status_label(self) -> str:
        return str(BookingStatus(self.status).label)

    @property
    def balance_back(self) -> Decimal:
        """What goes back to the guest."""
        return max(-self.balance, Decimal(0))

    @property
    def owes(self) -> bool:
        return self.balance > 0

    @property
    def lacks_room(self) -> bool:
        """Whether somebody who comes or is here has fewer rooms than booked."""
        is_here = self.status in (_S.CONFIRMED, _S.CHECKED_IN, _S.HELD)
        return is_here and len({chip.room_index for chip in self.chips}) < self.rooms

    @property
    def wish_labels(self) -> list[str]:
        labels = dict(RoomFeature.choices)
        return [str(labels[wish]) for wish in self.wishes if wish in labels]

    @property
    def asks(self) -> bool:
        return bool(self.special_requests or self.wishes)


@dataclass(frozen=True, slots=True)
class DayAtDesk:
    """A day of a house: every section in the order of work, and of the arrivals and departures how many are done."""

    day: date
    today: date
    arrivals: list[StayRow]
    departures: list[StayRow]
    in_house: list[StayRow]
    unpaid: list[StayRow]
    requests: list[StayRow]
    late: list[StayRow]
    arrived: int
    left: int

    @property
    def is_today(self) -> bool:
        return self.day == self.today

    def sections(self) -> dict[str, list[StayRow]]:
        """The sections by name."""
        names = ("arrivals", "departures", "in_house", "late", "unpaid", "requests")
        return {name: getattr(self, name) for name in names}

    def matching(self, text: str) -> DayAtDesk:
        """Only the rows whose guest, reference or room is meant by a search; counts stay those of the day."""
        found: dict[str, Any] = {
            name: [row for row in rows if row_matches(row, text)] for name, rows in self.sections().items()
        }
        return replace(self, **found) if text.strip() else self


def row_matches(row: StayRow, text: str) -> bool:
    """Whether every word of the search is in the guest's name or begins the reference or a room's number."""
    name, reference = row.guest_name.casefold(), row.reference.casefold()
    numbers = [chip.number.casefold() for chip in row.chips]
    return all(
        word in name or reference.startswith(word) or any(number.startswith(word) for number in numbers)
        for word in text.casefold().split()
    )


def day_at_desk(*, house: Property, day: date | None = None, at: datetime | None = None) -> DayAtDesk:
    """Everything the front desk does on a day; without one, on the day that it is at the property. Four queries.

    The stays that are not over, the ones that are over, the balances of all, and their rooms.
    """
    now = property_now(house.time_zone, at)
    today = now.date()
    day = day or today
    rows = [*_active(house.pk, day=day, today=today), *_over(house.pk, day=day, today=today)]
    rows = _with_money_and_rooms(rows, day=day)
    rows = [row for row in rows if _belongs(row, day)]
    arrivals = sorted((row for row in rows if row.arrival == day), key=_arrival_order)
    departures = sorted((row for row in rows if _leaves(row, day=day, today=today)), key=_departure_order)
    in_house = sorted(
        (row for row in rows if _sleeps_here(row, day=day, today=today)),
        key=lambda row: (row.chips[0].number if row.chips else "", row.guest_name),
    )
    return DayAtDesk(
        day=day,
        today=today,
        arrivals=arrivals,
        departures=departures,
        in_house=in_house,
        unpaid=[row for row in rows if row.owes and row.status in (_S.CHECKED_IN, _S.CHECKED_OUT)],
        requests=[row for row in _once([*arrivals, *in_house]) if row.asks and row.status in _ACTIVE],
        late=[row for row in rows if _is_late(row, day=day, now=now)],
        arrived=sum(row.status in (_S.CHECKED_IN, _S.CHECKED_OUT) for row in arrivals),
        left=sum(row.status == _S.CHECKED_OUT for row in departures),
    )


def _active(property_id: int, *, day: date, today: date) -> list[StayRow]:
    """Held, expected or here on the day; today also who should have left before."""
    here = Q(departure__gte=day)
    if day >= today:
        here |= Q(status=_S.CHECKED_IN)
    rows = Booking.objects.filter(here, property_id=property_id, status__in=_ACTIVE, arrival__lte=day)
    return _read(rows)


def _over(property_id: int, *, day: date, today: date) -> list[StayRow]:
    """Left on the day or, owing, before it; not come on the day; of a past day also who slept here."""
    latest = day if day >= today else day + timedelta(days=LONGEST_STAY_DAYS)
    left = Q(
        status=_S.CHECKED_OUT,
        departure__gte=day - timedelta(days=OWING_DAYS),
        departure__lte=latest,
        arrival__lte=day,
    )
    missed = Q(status=_S.NO_SHOW, arrival=day)
    return _read(Booking.objects.filter(left | missed, property_id=property_id))


def _read(bookings: Any) -> list[StayRow]:
    rows = bookings.order_by("arrival_time", F("guest_name"), "pk").values_list(*_FIELDS)
    return [
        StayRow(
            *[
                *values[:10],
                len(values[10]),
                *values[11:16],
                bool(values[16]),
                tuple(values[17] or ()),
                values[18],
            ]
        )
        for values in rows
    ]


def _with_money_and_rooms(rows: list[StayRow], *, day: date) -> list[StayRow]:
    balances = folio_balances(folio_ids=[row.folio_id for row in rows])
    chips = _chips([row.id for row in rows], day)
    return [replace(row, balance=balances[row.folio_id], chips=chips.get(row.id, ())) for row in rows]


def _chips(booking_ids: list[int], day: date) -> dict[int, tuple[RoomChip, ...]]:
    """The room of each room of these bookings on a day: on its last night for who leaves on it, the first for who is to
    come. One query.
    """
    found: dict[int, dict[int, RoomChip]] = {}
    rows = (
        RoomAssignment.objects.filter(booking_id__in=booking_ids)
        .order_by("booking_id", "room_index", "start")
        .values_list("booking_id", "room_index", "start", "room_id", "room__number", "room__housekeeping")
    )
    for booking_id, room_index, start, room_id, number, housekeeping in rows:
        of_booking = found.setdefault(booking_id, {})
        if room_index not in of_booking or start <= day:
            of_booking[room_index] = RoomChip(room_id, number, housekeeping, room_index)
    return {booking_id: tuple(by_index.values()) for booking_id, by_index in found.items()}


def _belongs(row: StayRow, day: date) -> bool:
    """Whether a stay that is over is still of interest: somebody who left before the day is only if they owe."""
    return row.status != _S.CHECKED_OUT or row.departure >= day or row.owes


def _leaves(row: StayRow, *, day: date, today: date) -> bool:
    if row.status == _S.CHECKED_IN and row.departure < day:
        return day == today  # should have left before
    if row.departure != day:
        return False
    expected = (_S.CHECKED_IN, _S.CHECKED_OUT) if day <= today else (_S.CONFIRMED, _S.CHECKED_IN)
    return row.status in expected


def _sleeps_here(row: StayRow, *, day: date, today: date) -> bool:
    if not row.arrival <= day < row.departure:
        return False
    if day < today:
        return row.status in (_S.CHECKED_IN, _S.CHECKED_OUT)
    return row.status == _S.CHECKED_IN or (day > today and row.status == _S.CONFIRMED)


def _is_late(row: StayRow, *, day: date, now: datetime) -> bool:
    """Expected and announced for the evening, not here an hour after the time they gave, or missing since before."""
    if row.status != _S.CONFIRMED:
        return False
    if row.arrival < day:
        return day == now.date() and row.departure > day
    if row.arrival_time is None:
        return False
    if row.arrival_time >= LATE_FROM or row.arrival_time < time(5):
        return True
    return day == now.date() and row.arrival_time < (now - timedelta(hours=1)).time() and now.hour >= 1


def _once(rows: Iterable[StayRow]) -> list[StayRow]:
    return list({row.id: row for row in rows}.values())


def _arrival_order(row: StayRow) -> tuple[Any, ...]:
    """Who is still to come first, by the hour they said; then who has come; then who has not."""
    states = {_S.CONFIRMED: 0, _S.HELD: 1, _S.CHECKED_IN: 2, _S.CHECKED_OUT: 3, _S.NO_SHOW: 4}
    return (
        states[BookingStatus(row.status)],
        row.arrival_time or time.max,
        row.guest_name.casefold(),
        row.id,
    )


def _departure_order(row: StayRow) -> tuple[Any, ...]:
    number = row.chips[0].number if row.chips else ""
    return (row.status == _S.CHECKED_OUT, row.departure, number, row.guest_name.casefold(), row.id)
