"""A whole import, from a file to houses with bookings that can be sold on."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _

from bookings.models import Booking
from bookings.transitions import BookingStatus
from core.dates import property_today

from .exceptions import ImportFailed
from .founding import house_found, house_open
from .houses import TIME_ZONE
from .refusals import Refusal, RefusalReason, RefusalReport
from .rows import SourceBooking, row_judge
from .shifting import DAYS_A_WEEK, Timeline, shift_weeks_choose
from .source import SourceRow, rows_read
from .survey import arrivals_span, survey_make
from .writing import BatchWriter, Candidate

BATCH_ROWS = 4_000
HEAD_ROWS = 2_000
"""Rows at the beginning of the file that tell whether, and moved by how much, it was imported before."""

Progress = Callable[[Iterable[SourceRow], str, int | None], Iterable[SourceRow]]
"""Passes rows on and shows how far it is: rows, what is being done, how many rows there are (if known)."""


@dataclass(slots=True)
class ImportResult:
    """What became of every row: ``rows`` is the sum of taken, already there, left out and refused."""

    rows: int = 0
    taken: Counter[BookingStatus] = field(default_factory=Counter)
    already_there: int = 0
    left_out: int = 0
    refused: Counter[RefusalReason] = field(default_factory=Counter)
    shift_weeks: int = 0
    today: date | None = None
    shift_kept: bool = False
    dry_run: bool = False

    def as_json(self) -> dict[str, Any]:
        return {
            "rows": self.rows,
            "taken": self.taken.total(),
            "taken_by_status": {status.value: count for status, count in sorted(self.taken.items())},
            "already_there": self.already_there,
            "left_out_not_made_yet": self.left_out,
            "refused": self.refused.total(),
            "refused_by_reason": {reason.value: count for reason, count in sorted(self.refused.items())},
            "shift_weeks": self.shift_weeks,
            "today": self.today.isoformat() if self.today else None,
            "dry_run": self.dry_run,
        }


def without_progress(rows: Iterable[SourceRow], _doing: str, _total: int | None) -> Iterable[SourceRow]:
    """Rows that nobody watches."""
    return rows


def bookings_import(
    *,
    path: Path,
    shift_to: date | None = None,
    dry_run: bool = False,
    report: RefusalReport | None = None,
    at: datetime | None = None,
    progress: Progress = without_progress,
) -> ImportResult:
    """Import a file; repeated, it adds only what is not there yet. Constant memory; batches of durable transactions.

    With ``shift_to`` everything is moved by whole weeks so that this day lies inside, and bookings not made by then
    are left out; a file that was imported before keeps the weeks it was moved by. The first pass measures how many
    rooms the houses need, the second writes. A house is published when all its bookings are in. Raises `ImportFailed`.
    """
    at = at or timezone.now()
    timeline, shift_kept = _timeline_choose(path=path, shift_to=shift_to, progress=progress)
    reading = progress(rows_read(path), _("Reading"), None)
    survey = survey_make(rows=reading, timeline=timeline, report=report if dry_run else None)
    result = ImportResult(
        rows=survey.rows,
        left_out=survey.left_out,
        refused=survey.refused,
        shift_weeks=timeline.weeks,
        today=timeline.today,
        shift_kept=shift_kept,
        dry_run=dry_run,
    )
    if dry_run:
        result.taken = survey.statuses
        return result
    end = max(timeline.today or date.min, property_today(TIME_ZONE, at)) + timedelta(
        days=settings.INVENTORY_DAYS_AHEAD
    )
    houses = {
        hotel: house_found(hotel=hotel, survey=found, end=end) for hotel, found in survey.hotels.items()
    }
    writer = BatchWriter(houses=houses, timeline=timeline, at=at)
    rows = progress(rows_read(path), _("Importing"), survey.rows)
    for candidates in _batches(rows, timeline=timeline, report=report):
        written = writer.write(candidates)
        result.taken += written.taken
        result.already_there += written.already_there
        for refusal in written.refusals:
            result.refused[refusal.reason] += 1
            if report is not None:
                report.add(refusal)
    for hotel, found in survey.hotels.items():
        house_open(house=houses[hotel], survey=found, first=property_today(TIME_ZONE, at), end=end)
    return result


def _timeline_choose(*, path: Path, shift_to: date | None, progress: Progress) -> tuple[Timeline, bool]:
    """How the file is moved, and whether an earlier import of it decided that."""
    in_force = _shift_in_force(path)
    if shift_to is None:
        if in_force:
            raise ImportFailed(
                _("This file was imported before, moved by %(weeks)d weeks; please give --shift-to again.")
                % {"weeks": in_force}
            )
        return Timeline(), False
    if in_force is not None:
        return Timeline(weeks=in_force, today=shift_to), True
    span = arrivals_span(progress(rows_read(path), _("Looking for the dates"), None))
    if span is None:
        return Timeline(today=shift_to), False
    return Timeline(
        weeks=shift_weeks_choose(first=span[0], last=span[1], today=shift_to), today=shift_to
    ), False


def _shift_in_force(path: Path) -> int | None:
    """By how many weeks bookings of this file, imported before, were moved; None when there are none. One query."""
    head = {
        row.key: judged.arrival
        for row in islice(rows_read(path), HEAD_ROWS)
        if isinstance(judged := row_judge(row), SourceBooking)
    }
    known = Booking.objects.order_by().filter(source__in=head).values_list("source", "arrival")
    weeks = Counter((arrival - head[key]).days // DAYS_A_WEEK for key, arrival in known if key is not None)
    return weeks.most_common(1)[0][0] if weeks else None


def _batches(
    rows: Iterable[SourceRow], *, timeline: Timeline, report: RefusalReport | None
) -> Iterator[list[Candidate]]:
    """Rows that can be taken, in batches; the refusals, counted by the first pass, go to the report."""
    batch: list[Candidate] = []
    for row in rows:
        judged = row_judge(row)
        if isinstance(judged, Refusal):
            if report is not None:
                report.add(judged)
        elif timeline.is_made(judged):
            batch.append(Candidate(row.key, judged))
            if len(batch) == BATCH_ROWS:
                yield batch
                batch = []
    if batch:
        yield batch
