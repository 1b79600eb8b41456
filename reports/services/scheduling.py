"""Reports that are sent regularly: set up, due, declined."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.permissions import may_with, roles_for
from accounts.selectors import staff_access
from accounts.types import StaffAccess
from core.exceptions import DomainError, NotFound, PermissionDenied, ValidationFailed
from core.outbox import effect_enqueue
from reports.asking import question_ask, report_get
from reports.models import ReportSchedule, Rhythm
from reports.questions import Question, question_read
from reports.timing import due_last, due_next

SEND = "reports.report_send"
MODEL = "reports.reportschedule"
BATCH = 200


def schedule_save(
    *, schedule: ReportSchedule, recipients: Sequence[User], actor: User, at: datetime | None = None
) -> ReportSchedule:
    """Set up or change a schedule with the people who get it. One durable transaction.

    Its question is read as the actor would ask it, and every recipient must be able to read it. Raises
    `PermissionDenied`, `ValidationFailed` (``field`` names what is wrong).
    """
    at = at or timezone.now()
    access = staff_access(actor)
    if not may_with(access, schedule.property_id, roles_for(MODEL, "change")):
        raise PermissionDenied
    question = schedule_question(schedule, access)
    _ask(question, access, at)
    if not recipients:
        raise ValidationFailed(_("Choose who gets it."), field="recipients")
    for user in recipients:
        _ask_for(user, question, at)
    _rhythm_tidy(schedule)
    schedule.next_at = due_next(schedule, time_zone=schedule.property.time_zone, after=at)
    with transaction.atomic(durable=True):
        if schedule._state.adding:
            schedule.created_by = actor
        schedule.save()
        schedule.recipients.set(recipients)
    return schedule


def schedule_question(schedule: ReportSchedule, access: StaffAccess) -> Question:
    """Return what a schedule asks, as somebody may. Raises `NotFound`, `ValidationFailed`."""
    return question_read(report_get(schedule.report, access), schedule.question)


def _ask(question: Question, access: StaffAccess, at: datetime) -> None:
    try:
        question_ask(question, access=access, at=at)
    except NotFound as error:
        raise ValidationFailed(
            _("You may not read this report of these properties."), field="report"
        ) from error


def _ask_for(user: User, question: Question, at: datetime) -> None:
    try:
        question_ask(question, access=staff_access(user), at=at)
    except DomainError as error:
        raise ValidationFailed(
            _("%(name)s may not read this report of these properties.") % {"name": user.get_full_name()},
            field="recipients",
        ) from error


def _rhythm_tidy(schedule: ReportSchedule) -> None:
    """Forget the day that the rhythm does not have, and ask for the one it has."""
    if schedule.rhythm != Rhythm.WEEKLY:
        schedule.weekday = None
    elif schedule.weekday is None:
        raise ValidationFailed(_("Choose the weekday."), field="weekday")
    if schedule.rhythm != Rhythm.MONTHLY:
        schedule.day_of_month = None
    elif schedule.day_of_month is None:
        raise ValidationFailed(_("Choose the day of the month."), field="day_of_month")


def schedules_send(*, at: datetime | None = None) -> int:
    """Have everything sent that is due, each in a transaction of its own; how many.

    A schedule is locked while its next time is set and its effect is written, so two runs at once send nothing twice.
    What was missed while nothing ran is sent once, for the last time that was missed.
    """
    at = at or timezone.now()
    due = ReportSchedule.objects.filter(is_paused=False, next_at__lte=at).order_by("next_at")
    return sum(_send_due(pk, at) for pk in due.values_list("pk", flat=True)[:BATCH])


def _send_due(schedule_id: int, at: datetime) -> int:
    with transaction.atomic(durable=True):
        schedule = (
            ReportSchedule.objects.select_for_update(skip_locked=True, of=("self",))
            .select_related("property")
            .filter(pk=schedule_id, is_paused=False, next_at__lte=at)
            .first()
        )
        if schedule is None:
            return 0
        zone = schedule.property.time_zone
        due_at = due_last(schedule, time_zone=zone, until=at)
        schedule.next_at = due_next(schedule, time_zone=zone, after=at)
        schedule.save(update_fields=["next_at", "updated_at"])
        effect_enqueue(
            kind=SEND,
            payload={"schedule_id": schedule.pk, "due_at": due_at.isoformat()},
            dedup_key=f"report:{schedule.pk}:{due_at.isoformat()}",
            property_id=schedule.property_id,
            at=at,
        )
    return 1


def schedule_send_now(*, schedule_id: int, actor: User, at: datetime | None = None) -> None:
    """Send a report to the actor alone, as it would come now; when it is due does not change.

    One durable transaction. Raises `NotFound`, `PermissionDenied`.
    """
    at = at or timezone.now()
    schedule = ReportSchedule.objects.filter(pk=schedule_id).first()
    if schedule is None:
        raise NotFound
    if not may_with(staff_access(actor), schedule.property_id, roles_for(MODEL, "change")):
        raise PermissionDenied
    with transaction.atomic(durable=True):
        effect_enqueue(
            kind=SEND,
            payload={"schedule_id": schedule.pk, "due_at": at.isoformat(), "user_id": actor.pk},
            dedup_key=f"report:{schedule.pk}:test:{uuid.uuid4()}",
            property_id=schedule.property_id,
            at=at,
        )


def schedule_leave(*, schedule_id: int, user: User) -> ReportSchedule:
    """Take somebody off those who get a report; once is enough. Two queries. Raises `NotFound` for who does not."""
    schedule = ReportSchedule.objects.filter(pk=schedule_id, recipients=user).first()
    if schedule is None:
        raise NotFound
    schedule.recipients.remove(user)
    return schedule
