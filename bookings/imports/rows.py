"""One row of the file: judged, and turned into what we need to know of a booking."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation
from enum import Enum
from functools import lru_cache

from babel.core import Locale, get_global

from bookings.models import BookingChannel
from core.money import round_money
from inventory.models import BoardBasis

from .refusals import Refusal, RefusalReason
from .source import RawBooking, SourceRow

CURRENCY = "EUR"
RATE_LIMIT = Decimal(2000)
"""Highest believable rate of a night in EUR: the datasets' other rates end at 510."""
NIGHTS_LIMIT = 366
COUNT_LIMIT = 500
LEAD_DAYS_LIMIT = 3660
FIRST_YEAR, LAST_YEAR = 1990, 2100
CHILD_AGE, BABY_AGE = 8, 1
"""The datasets count children and babies and do not know their ages."""

MISSING = frozenset({"", "NULL", "NA"})
HOTELS = ("Resort Hotel", "City Hotel")
MONTHS = {
    name: number
    for number, name in enumerate(
        (
            "January", "February", "March", "April", "May", "June",
            "July", "August", "September", "October", "November", "December",
        ),
        start=1,
    )
}  # fmt: skip
BOARDS = {"BB": BoardBasis.BB, "HB": BoardBasis.HB, "FB": BoardBasis.FB}
CHANNELS = {
    "Direct": BookingChannel.WEB,
    "TA/TO": BookingChannel.TRAVEL_AGENT,
    "Corporate": BookingChannel.CORPORATE,
    "GDS": BookingChannel.GDS,
}
COUNTRIES = frozenset(code for code in Locale("en").territories if re.fullmatch("[A-Z]{2}", str(code))) - {
    "ZZ"
}
ROOM_TYPE = re.compile(r"[A-Z]")
STATUS_DATE = re.compile(r"(?P<month>\d{1,2})/(?P<day>\d{1,2})/(?P<year>\d{4})")


class Outcome(Enum):
    """How the booking ended, in the datasets' words."""

    CHECKED_OUT = "Check-Out"
    CANCELLED = "Canceled"
    NO_SHOW = "No-Show"


OUTCOMES = {outcome.value: outcome for outcome in Outcome}


@dataclass(slots=True)
class SourceBooking:
    """A row that can be taken. The stay is ``[arrival, departure)`` at ``rate`` EUR each night, in one room."""

    line: int
    raw: RawBooking
    hotel: str
    room_type: str
    arrival: date
    nights: int
    made_on: date
    adults: int
    children_ages: tuple[int, ...]
    board: BoardBasis
    is_refundable: bool
    rate: Decimal
    outcome: Outcome
    outcome_date: date

    @property
    def departure(self) -> date:
        return self.arrival + timedelta(days=self.nights)

    @property
    def total(self) -> Decimal:
        return self.rate * self.nights

    @property
    def country(self) -> str:
        """ISO 3166-1 alpha-2; empty when missing or unknown."""
        return country_alpha2(self.raw.country)

    @property
    def channel(self) -> BookingChannel:
        return CHANNELS.get(self.raw.distribution_channel, BookingChannel.OTHER)

    @property
    def market_segment(self) -> str:
        return market_segment_code(self.raw.market_segment)


class _Refused(Exception):
    """The row cannot be taken."""

    def __init__(self, reason: RefusalReason, detail: str = "") -> None:
        super().__init__(reason.value)
        self.reason = reason
        self.detail = detail


def row_judge(row: SourceRow) -> SourceBooking | Refusal:
    """The booking of a row, or the first reason why it cannot be taken."""
    raw, line = row.raw, row.line
    if raw is None:
        return Refusal(line, RefusalReason.ROW_INCOMPLETE)
    try:
        return _booking_read(line, raw)
    except _Refused as refused:
        return Refusal(line, refused.reason, refused.detail)


def _booking_read(line: int, raw: RawBooking) -> SourceBooking:
    if raw.hotel not in HOTELS:
        raise _Refused(RefusalReason.HOTEL_UNKNOWN, raw.hotel)
    arrival = _arrival_date(raw.arrival_date_year, raw.arrival_date_month, raw.arrival_date_day_of_month)
    nights = _nights(raw)
    adults, children_ages = _guests(raw)
    room_type = raw.reserved_room_type.strip()
    if not ROOM_TYPE.fullmatch(room_type):
        raise _Refused(RefusalReason.ROOM_TYPE_INVALID, raw.reserved_room_type)
    rate = _rate(raw.adr)
    outcome = OUTCOMES.get(raw.reservation_status)
    if outcome is None:
        raise _Refused(RefusalReason.STATUS_UNKNOWN, raw.reservation_status)
    return SourceBooking(
        line=line,
        raw=raw,
        hotel=raw.hotel,
        room_type=room_type,
        arrival=arrival,
        nights=nights,
        made_on=arrival - timedelta(days=_count(raw.lead_time, LEAD_DAYS_LIMIT)),
        adults=adults,
        children_ages=children_ages,
        board=BOARDS.get(raw.meal.strip(), BoardBasis.RO),
        is_refundable=raw.deposit_type != "Non Refund",
        rate=rate,
        outcome=outcome,
        outcome_date=_status_date(raw.reservation_status_date),
    )


def _nights(raw: RawBooking) -> int:
    nights = _count(raw.stays_in_weekend_nights) + _count(raw.stays_in_week_nights)
    if nights == 0:
        raise _Refused(RefusalReason.NO_NIGHTS)
    if nights > NIGHTS_LIMIT:
        raise _Refused(RefusalReason.STAY_TOO_LONG, str(nights))
    return nights


def _guests(raw: RawBooking) -> tuple[int, tuple[int, ...]]:
    """Adults, and the ages of the children. Missing counts of children are none."""
    adults, babies = _count(raw.adults), _count(raw.babies)
    children = 0 if raw.children in MISSING else _count(raw.children)
    if adults + children + babies == 0:
        raise _Refused(RefusalReason.NO_GUEST)
    return adults, (CHILD_AGE,) * children + (BABY_AGE,) * babies


@lru_cache(maxsize=16384)
def _rate(text: str) -> Decimal:
    try:
        rate = Decimal(text.strip())
    except InvalidOperation as error:
        raise _Refused(RefusalReason.RATE_INVALID, text) from error
    if not rate.is_finite():
        raise _Refused(RefusalReason.RATE_INVALID, text)
    if rate < 0:
        raise _Refused(RefusalReason.RATE_NEGATIVE, text)
    if rate > RATE_LIMIT:
        raise _Refused(RefusalReason.RATE_ABSURD, text)
    return round_money(rate, CURRENCY)


@lru_cache(maxsize=512)
def country_alpha2(code: str) -> str:
    """ISO alpha-3 (or alpha-2) as alpha-2, by CLDR; empty when missing or unknown."""
    code = code.strip().upper()
    if len(code) == 3:
        alternatives = get_global("territory_aliases").get(code, [])
        code = alternatives[0] if len(alternatives) == 1 else ""
    return code if code in COUNTRIES else ""


@lru_cache(maxsize=64)
def market_segment_code(name: str) -> str:
    """`Offline TA/TO` as `offline_ta_to`; empty when undefined."""
    code = re.sub(r"[^a-z0-9]+", "_", name.lower()).strip("_")[:40]
    return "" if code in {"", "null", "na", "undefined"} else code


@lru_cache(maxsize=1024)
def _count(text: str, limit: int = COUNT_LIMIT) -> int:
    """A whole number; some exports write counts as 2.0."""
    digits = text.strip().removesuffix(".0")
    if not (digits.isascii() and digits.isdigit()) or len(digits) > 6 or int(digits) > limit:
        raise _Refused(RefusalReason.NUMBER_INVALID, text)
    return int(digits)


@lru_cache(maxsize=4096)
def _arrival_date(year: str, month: str, day: str) -> date:
    try:
        return _date_in_limits(date(int(year), MONTHS[month.strip().capitalize()], int(day)))
    except (KeyError, ValueError) as error:
        raise _Refused(RefusalReason.ARRIVAL_INVALID, f"{year} {month} {day}") from error


@lru_cache(maxsize=4096)
def _status_date(text: str) -> date:
    """`7/31/2015` or `2015-07-31`: both are found in copies of the datasets."""
    match = STATUS_DATE.fullmatch(text.strip())
    try:
        if match:
            return _date_in_limits(date(int(match["year"]), int(match["month"]), int(match["day"])))
        return _date_in_limits(date.fromisoformat(text.strip()))
    except ValueError as error:
        raise _Refused(RefusalReason.STATUS_DATE_INVALID, text) from error


def _date_in_limits(day: date) -> date:
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise ValueError(day)
    return day
