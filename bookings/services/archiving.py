"""Stays of long ago: what only served the guest goes, what figures, ledger and law need stays where it stands.

Nothing is moved to another table. The reports add up bookings and their nights, the ledger and the invoices point to
them, and a booking without its guest is small. So every figure of the past is the same before and after.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import MINYEAR, date, datetime

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.db import transaction
from django.db.models import Exists, F, Func, JSONField, OuterRef, Q, QuerySet, TextField, Value
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from bookings.models import Booking, BookingNote, Guest
from bookings.transitions import BookingStatus
from core.audit.erasing import audit_values_erase
from core.cache.generations import bump
from core.cache.keys import USER_BOOKINGS
from core.exceptions import ValidationFailed, translate_integrity_errors
from notifications.models import Notification, NotificationStatus
from payments.selectors import folio_balances

BATCH_ROWS = 200
OVER = (BookingStatus.CHECKED_OUT, BookingStatus.CANCELLED, BookingStatus.EXPIRED, BookingStatus.NO_SHOW)
TEXTS = (
    *("guest_name", "guest_email", "guest_phone", "special_requests", "staff_notes"),
    *("cancellation_reason", "access_token_hash"),
)
"""Of the guest: taken out of the booking and out of every entry of the log about it. The country stays: a figure."""
NAMES = ("user_id", "guest_id", "arrival_time")
QUOTE_KEYS = ("nights", "party", "cancellation_terms", "fingerprint")
"""Of the quote as sold: these stand in columns of their own. Its lines stay, the taxes are reported from them."""
PROFILE_TEXTS = ("name", "email", "phone", "country", "language", "notes", "wishes")

HAS_GUEST = Q(user__isnull=False) | Q(guest__isnull=False) | Q(arrival_time__isnull=False)
for _column in TEXTS:
    HAS_GUEST |= ~Q(**{_column: ""})


@dataclass(slots=True)
class ArchiveReport:
    """How many stays lost their guest, and with them notes, profiles of guests, messages, values in entries of the log.

    ``open`` stays were left as they are: their folio is not settled.
    """

    stays: int = 0
    open: int = 0
    notes: int = 0
    profiles: int = 0
    messages: int = 0
    log_entries: int = 0

    def as_json(self) -> dict[str, int]:
        """The report for commands."""
        return asdict(self)


@translate_integrity_errors()
def bookings_archive(
    *, years: int, dry_run: bool = False, at: datetime | None = None, batch_rows: int = BATCH_ROWS
) -> ArchiveReport:
    """Archive the stays that ended, or would have, more than ``years`` years ago, and the messages of that time.

    Kept: dates, room type, plan, prices, taxes, channel, segment, country, status, reference, nights, physical rooms,
    ledger, payments, invoices, reviews, and who changed what when in the log, whose chain holds. A transaction for
    each batch; it locks the batch's bookings and leaves out those that somebody else has locked. What is archived is
    not found again, so it goes on where it was stopped, and twice changes nothing. Raises `ValidationFailed` for less
    than one year.
    """
    if years < 1:
        raise ValidationFailed(_("At least one year is kept."), field="older_than")
    before = _years_before((at or timezone.now()).date(), years)
    report = ArchiveReport()
    last = 0
    while True:
        with transaction.atomic():
            found = _stays(before).filter(pk__gt=last).order_by("pk")
            rows = found if dry_run else found.select_for_update(skip_locked=True, of=("self",))
            batch = list(rows.values_list("pk", "folio_id", "user_id")[:batch_rows])
            if not batch:
                break
            last = batch[-1][0]
            balances = folio_balances(folio_ids=[folio_id for _pk, folio_id, _user in batch])
            settled = {pk: user for pk, folio_id, user in batch if not balances[folio_id]}
            report.stays += len(settled)
            report.open += len(batch) - len(settled)
            if dry_run:
                report.notes += BookingNote.objects.filter(booking__in=list(settled)).count()
            elif settled:
                _stays_archive(list(settled), report)
                for user_id in {user for user in settled.values() if user}:
                    bump(USER_BOOKINGS, user_id)
    _profiles_forget(before, report, dry_run, batch_rows)
    _messages_forget(before, report, dry_run, batch_rows)
    return report


def _stays(before: date) -> QuerySet[Booking]:
    """Stays that are over and still hold something of their guest."""
    noted = Exists(BookingNote.objects.filter(booking=OuterRef("pk")))
    something = HAS_GUEST | Q(quote__has_any_keys=list(QUOTE_KEYS)) | noted
    return Booking.objects.filter(something, departure__lt=before, status__in=OVER)


def _stays_archive(ids: list[int], report: ArchiveReport) -> None:
    """Take the guest out of some locked bookings. Six queries, and one for each entry of the log."""
    notes = BookingNote.objects.filter(booking__in=ids)
    note_ids = list(notes.values_list("pk", flat=True))
    report.notes += len(note_ids)
    with pgtrigger.ignore("bookings.BookingNote:append_only"):
        BookingNote.objects.filter(pk__in=note_ids).delete()
    smaller = Func(
        F("quote"),
        Value(list(QUOTE_KEYS), output_field=ArrayField(TextField())),
        template="(%(expressions)s)",
        arg_joiner=" - ",
        output_field=JSONField(),
    )
    Booking.objects.filter(pk__in=ids).update(
        **dict.fromkeys(TEXTS, ""),
        **dict.fromkeys(NAMES),
        quote=smaller,
        version=F("version") + 1,
    )
    report.log_entries += audit_values_erase(
        model="bookings.booking", object_ids=[str(pk) for pk in ids], columns=[*TEXTS, *NAMES]
    )
    report.log_entries += audit_values_erase(
        model="bookings.bookingnote", object_ids=[str(pk) for pk in note_ids], columns=["text"]
    )


def _profiles_forget(before: date, report: ArchiveReport, dry_run: bool, batch_rows: int) -> None:
    """Delete profiles without any stay that nobody has touched since, nor merged."""
    idle = Guest.objects.filter(
        bookings__isnull=True,
        merged_into__isnull=True,
        merged__isnull=True,
        merges__isnull=True,
        updated_at__date__lt=before,
    ).order_by("pk")
    if dry_run:
        report.profiles = idle.count()
        return
    while ids := list(idle.values_list("pk", flat=True)[:batch_rows]):
        with transaction.atomic():
            locked = Guest.objects.select_for_update(of=("self",)).filter(pk__in=ids)
            ids = list(locked.filter(bookings__isnull=True).values_list("pk", flat=True))
            Guest.objects.filter(pk__in=ids).delete()
            report.log_entries += audit_values_erase(
                model="bookings.guest", object_ids=[str(pk) for pk in ids], columns=PROFILE_TEXTS
            )
        report.profiles += len(ids)


def _messages_forget(before: date, report: ArchiveReport, dry_run: bool, batch_rows: int) -> None:
    """Delete messages of that time that nobody is going to send any more."""
    old = Notification.objects.filter(created_at__date__lt=before).exclude(status=NotificationStatus.PENDING)
    if dry_run:
        report.messages = old.count()
        return
    while ids := list(old.order_by("pk").values_list("pk", flat=True)[: batch_rows * 10]):
        Notification.objects.filter(pk__in=ids).delete()
        report.messages += len(ids)


def _years_before(day: date, years: int) -> date:
    """The same day so many years ago, in year 1 at the earliest; 28 February for 29 February."""
    year = max(day.year - years, MINYEAR)
    try:
        return day.replace(year=year)
    except ValueError:
        return day.replace(year=year, day=28)
