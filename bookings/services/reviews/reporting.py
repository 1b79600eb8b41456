"""Readers object to reviews, and staff decide."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from bookings.exceptions import ReportExists, ReviewInvalid, ReviewNotEditable, ReviewNotFound
from bookings.models import ReportReason, ReportStatus, ReviewReport, ReviewStatus
from core.exceptions import NotFound, translate_integrity_errors

from .locking import review_lock
from .moderating import operation_check, review_reject

TEXT_MAX_LENGTH = 500
NOTE_MAX_LENGTH = 300


@translate_integrity_errors()
def review_report(
    *,
    review_id: int,
    reason: str,
    text: str = "",
    user: User | None,
    client: str,
) -> ReviewReport:
    """Note an objection to a public review, one for each person. ``client`` tells people apart; only its hash is kept.

    Whoever calls limits the rate. Raises `ReviewNotFound` unless it is public, `ReviewInvalid`, `ReportExists`.
    """
    if reason not in ReportReason.values:
        raise ReviewInvalid(_("Please choose what is wrong."), field="reason")
    if len(text) > TEXT_MAX_LENGTH or "\0" in text:
        raise ReviewInvalid(
            _("Please write at most %(most)d characters.") % {"most": TEXT_MAX_LENGTH}, field="text"
        )
    reporter = salted_hmac("bookings.review_report", f"{review_id}:{client}").hexdigest()
    with transaction.atomic(durable=True):
        review = review_lock(review_id=review_id)
        if review.status != ReviewStatus.PUBLISHED:
            raise ReviewNotFound
        if ReviewReport.objects.filter(review=review, reporter_hash=reporter).exists():
            raise ReportExists
        return ReviewReport.objects.create(
            review=review, reason=reason, text=text.strip(), user=user, reporter_hash=reporter
        )


@translate_integrity_errors()
def report_decide(
    *, report_id: int, is_upheld: bool, actor: User, note: str = "", at: datetime | None = None
) -> ReviewReport:
    """Take the review down for what the report says, or let it stay. All open reports of it are decided together.

    ``note`` is for staff; when the review is taken down its author reads it as the reason. Locks the review. Raises
    `PermissionDenied`, `ReviewInvalid` without a note where the review goes, `ReviewNotEditable` if it was decided.
    """
    at = at or timezone.now()
    note = note.strip()[:NOTE_MAX_LENGTH]
    with transaction.atomic(durable=True):
        report = ReviewReport.objects.filter(pk=report_id).first()
        if report is None:
            raise NotFound
        review = review_lock(review_id=report.review_id)
        operation_check(actor, review, "review_moderate")
        report.refresh_from_db()
        if report.status != ReportStatus.OPEN:
            raise ReviewNotEditable
        if is_upheld and review.status == ReviewStatus.PUBLISHED:
            review.moderated_by, review.moderated_at = actor, at
            review_reject(review, reason=note)
        status = ReportStatus.UPHELD if is_upheld else ReportStatus.DISMISSED
        review.reports.filter(status=ReportStatus.OPEN).update(
            status=status, decided_by=actor, decided_at=at, decision_note=note, updated_at=at
        )
        report.refresh_from_db()
    return report
