"""Writing bookings in batches. A batch is one transaction, so an import that was killed goes on where it stopped."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from typing import Any, NamedTuple

from django.db import connection, transaction

from bookings.models import Booking, BookingNight
from bookings.transitions import SOLD_STATUSES, BookingStatus
from core.audit import audit_in_bulk
from core.bulk import ids_reserve, rows_copy, values_present
from core.cache.generations import bump
from core.cache.keys import REPORTS
from core.dates import date_range, local_datetime
from core.references import references_new
from inventory.models import BoardBasis
from inventory.pricing.data import PlanTerms, PropertyTerms
from inventory.services.bulk import Night, nights_lock_many, nights_sell_many
from payments.bulk import ImportedFolio, folios_write

from .ledger import folio_draft, kept_after
from .refusals import Refusal, RefusalReason
from .rows import CURRENCY, SourceBooking
from .shifting import Timeline
from .snapshots import quote_json, staff_notes, terms_json

IMPORT_LOCK = 0x5641_494D
"""Key of the advisory lock of a batch: two imports at once take turns, and neither writes what the other has."""

MADE_FROM, NOTED_AT = time(8), time(12)
MADE_WITHIN_SECONDS = 10 * 3600
EARLIEST_STAY_HOURS = 1

BOOKING_COLUMNS = (
    "id", "reference", "access_token_hash", "property_id", "room_type_id", "rate_plan_id", "folio_id", "guest_name",
    "guest_email", "guest_phone", "guest_country", "language", "arrival", "departure", "rooms", "adults",
    "children_ages", "status", "currency", "room_total", "tax_added", "total", "deposit_due", "quote",
    "cancellation_terms", "channel", "market_segment", "special_requests", "staff_notes", "source", "version",
    "confirmed_at", "cancelled_at", "cancellation_reason", "cancellation_fee", "checked_in_at", "checked_out_at",
    "created_at", "updated_at",
)  # fmt: skip
NIGHT_COLUMNS = ("booking_id", "room_index", "date", "price")


@dataclass(frozen=True, slots=True)
class SellingHouse:
    """A house as batches need it: ids by the letters and boards of the file, and the terms it sells at."""

    terms: PropertyTerms
    departure_until: time
    room_type_ids: Mapping[str, int]
    plans: Mapping[tuple[BoardBasis, bool], PlanTerms]


class Candidate(NamedTuple):
    """A row that can be taken, with the key it is known again by."""

    key: str
    booking: SourceBooking


@dataclass(slots=True)
class BatchResult:
    """What became of the rows of a batch."""

    taken: Counter[BookingStatus] = field(default_factory=Counter)
    already_there: int = 0
    refusals: list[Refusal] = field(default_factory=list)


@dataclass(slots=True)
class _Draft:
    """A booking about to be written; all dates are moved already."""

    candidate: Candidate
    house: SellingHouse
    status: BookingStatus
    nights: list[date]
    departure: date
    made_at: datetime
    ended_at: datetime | None
    folio: ImportedFolio


class BatchWriter:
    """Writes batches of rows into the houses of the file's hotels."""

    def __init__(self, *, houses: Mapping[str, SellingHouse], timeline: Timeline, at: datetime) -> None:
        self._houses = houses
        self._timeline = timeline
        self._at = at
        self._terms: dict[tuple[int, date], str] = {}

    def write(self, candidates: Sequence[Candidate]) -> BatchResult:
        """Write what is not there yet, in one durable transaction; about 20 statements whatever the size.

        Locks RoomInventory. A stay for which no room is left on some night is refused. Raises `Unavailable` ("busy").
        """
        result = BatchResult()
        with transaction.atomic(durable=True):
            audit_in_bulk()
            known = self._known_keys(candidates)
            result.already_there = len(known)
            drafts = [self._draft(one) for one in candidates if one.key not in known]
            drafts = self._nights_sell(drafts, result)
            folios_write(folios=[draft.folio for draft in drafts], at=self._at)
            self._bookings_write(drafts)
            for draft in drafts:
                result.taken[draft.status] += 1
            for property_id in {draft.house.terms.id for draft in drafts}:
                bump(REPORTS, property_id)
            with connection.cursor() as cursor:
                cursor.execute("SET CONSTRAINTS ALL DEFERRED")
        return result

    def _known_keys(self, candidates: Sequence[Candidate]) -> set[str]:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [IMPORT_LOCK])
            # Waiting checks of keys would be looked through once for every row that a history trigger writes.
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        return values_present(Booking, "source", [candidate.key for candidate in candidates])

    def _draft(self, candidate: Candidate) -> _Draft:
        booking, offset = candidate.booking, self._timeline.offset
        house = self._houses[booking.hotel]
        status = self._timeline.status(booking)
        made_at = self._made_at(booking, house)
        ended_at = None
        if status in (BookingStatus.CANCELLED, BookingStatus.NO_SHOW):
            ended_at = max(made_at, _instant(booking.outcome_date + offset, NOTED_AT, house.terms.time_zone))
        elif status is BookingStatus.CHECKED_OUT:
            left_at = _instant(booking.outcome_date + offset, house.departure_until, house.terms.time_zone)
            ended_at = max(left_at, self._arrived_at(booking, house) + timedelta(hours=EARLIEST_STAY_HOURS))
        folio = folio_draft(
            booking=booking,
            status=status,
            key=candidate.key,
            property_id=house.terms.id,
            made_at=made_at,
            ended_at=ended_at,
        )
        departure = booking.departure + offset
        nights = list(date_range(booking.arrival + offset, departure))
        return _Draft(candidate, house, status, nights, departure, made_at, ended_at, folio)

    def _made_at(self, booking: SourceBooking, house: SellingHouse) -> datetime:
        """Some time of the day it was made, in the order of the lines, and not after now."""
        day = _instant(booking.made_on + self._timeline.offset, MADE_FROM, house.terms.time_zone)
        return min(day + timedelta(seconds=booking.line % MADE_WITHIN_SECONDS), self._at)

    def _arrived_at(self, booking: SourceBooking, house: SellingHouse) -> datetime:
        return _instant(
            booking.arrival + self._timeline.offset, house.terms.arrival_from, house.terms.time_zone
        )

    def _terms_json(self, house: PropertyTerms, plan: PlanTerms, arrival: date) -> str:
        terms = self._terms.get((plan.id, arrival))
        if terms is None:
            terms = self._terms[plan.id, arrival] = terms_json(house, plan, arrival)
        return terms

    def _nights_sell(self, drafts: list[_Draft], result: BatchResult) -> list[_Draft]:
        """Lock the nights, refuse what does not fit, sell the rest."""
        occupying = [draft for draft in drafts if draft.status in SOLD_STATUSES]
        if not occupying:
            return drafts
        free = nights_lock_many(
            room_type_ids={_room_type_id(draft) for draft in occupying},
            first=min(draft.nights[0] for draft in occupying),
            end=max(draft.departure for draft in occupying),
        )
        sold: Counter[Night] = Counter()
        fitting = []
        for draft in drafts:
            if draft.status in SOLD_STATUSES:
                nights = [(_room_type_id(draft), night) for night in draft.nights]
                full = next((night for night in nights if free.get(night, 0) <= sold[night]), None)
                if full is not None:
                    line = draft.candidate.booking.line
                    result.refusals.append(Refusal(line, RefusalReason.NO_ROOM_LEFT, full[1].isoformat()))
                    continue
                sold.update(nights)
            fitting.append(draft)
        nights_sell_many(rooms=+sold)
        return fitting

    def _bookings_write(self, drafts: list[_Draft]) -> None:
        ids = ids_reserve(Booking, len(drafts))
        references = references_free(len(drafts))
        rows_copy(
            Booking,
            BOOKING_COLUMNS,
            (
                self._booking_row(booking_id, reference, draft)
                for booking_id, reference, draft in zip(ids, references, drafts, strict=True)
            ),
        )
        rows_copy(BookingNight, NIGHT_COLUMNS, _night_rows(ids, drafts))

    def _booking_row(self, booking_id: int, reference: str, draft: _Draft) -> tuple[Any, ...]:
        key, booking = draft.candidate
        house, status, total = draft.house, draft.status, booking.total
        plan = house.plans[booking.board, booking.is_refundable]
        has_stayed = status in (BookingStatus.CHECKED_IN, BookingStatus.CHECKED_OUT)
        is_off = status in (BookingStatus.CANCELLED, BookingStatus.NO_SHOW)
        arrival = draft.nights[0]
        return (
            booking_id, reference, "", house.terms.id, _room_type_id(draft), plan.id, draft.folio.id, "",
            "", "", booking.country, "en", arrival, draft.departure, 1, booking.adults,
            list(booking.children_ages), status.value, CURRENCY, total, 0, total,
            0 if booking.is_refundable else total, quote_json(rate=booking.rate, nights=draft.nights),
            self._terms_json(house.terms, plan, arrival), booking.channel.value, booking.market_segment, "",
            staff_notes(booking), key, 0,
            draft.made_at, draft.ended_at if status is BookingStatus.CANCELLED else None, "",
            kept_after(booking=booking) if is_off else None,
            self._arrived_at(booking, house) if has_stayed else None,
            draft.ended_at if status is BookingStatus.CHECKED_OUT else None,
            draft.made_at, self._at,
        )  # fmt: skip


def references_free(count: int) -> list[str]:
    """So many references that no booking has. One query, or one more for each time chance repeats itself."""
    references: set[str] = set()
    while len(references) < count:
        fresh = set(references_new(count - len(references))) - references
        references |= fresh - values_present(Booking, "reference", fresh)
    return list(references)


def _night_rows(ids: Sequence[int], drafts: Sequence[_Draft]) -> Iterator[tuple[Any, ...]]:
    for booking_id, draft in zip(ids, drafts, strict=True):
        rate = draft.candidate.booking.rate
        for night in draft.nights:
            yield booking_id, 1, night, rate


def _room_type_id(draft: _Draft) -> int:
    return draft.house.room_type_ids[draft.candidate.booking.room_type]


@lru_cache(maxsize=16_384)
def _instant(day: date, at_time: time, time_zone: str) -> datetime:
    return local_datetime(day, at_time, time_zone)
