"""Reports that are sent by mail."""

from __future__ import annotations

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.audit import audited
from core.models import TimeStampedModel

LAST_DAY = 31


class Rhythm(models.TextChoices):
    DAILY = "daily", _("every day")
    WEEKLY = "weekly", _("every week")
    MONTHLY = "monthly", _("every month")


class Weekday(models.IntegerChoices):
    MONDAY = 0, _("Monday")
    TUESDAY = 1, _("Tuesday")
    WEDNESDAY = 2, _("Wednesday")
    THURSDAY = 3, _("Thursday")
    FRIDAY = 4, _("Friday")
    SATURDAY = 5, _("Saturday")
    SUNDAY = 6, _("Sunday")


class AttachedFormat(models.TextChoices):
    NONE = "none", _("none")
    PDF = "pdf", "PDF"
    XLSX = "xlsx", "XLSX"
    CSV = "csv", "CSV"


@audited(property_path="property", exclude=["next_at", "last_sent_at"])
class ReportSchedule(TimeStampedModel):
    """A report with its filters, sent to staff again and again.

    ``question`` is what the report's address says (`reports.questions`): periods in it are mostly relative ("last
    month") and are counted from the day of sending. ``property`` is the house whose clock counts, and whose managers
    and finance may change the schedule. ``next_at`` is when it is due; moving it on and writing the effect that sends
    is one transaction, so each time is sent once.
    """

    report = models.CharField(_("report"), max_length=40)
    question = models.JSONField(_("filters"), default=dict)
    property = models.ForeignKey(
        "inventory.Property",
        models.CASCADE,
        related_name="report_schedules",
        verbose_name=_("property"),
        help_text=_("The house whose clock counts."),
    )
    rhythm = models.CharField(_("how often"), max_length=10, choices=Rhythm)
    weekday = models.PositiveSmallIntegerField(
        _("weekday"), choices=Weekday, null=True, blank=True, help_text=_("Of a weekly report.")
    )
    day_of_month = models.PositiveSmallIntegerField(
        _("day of the month"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(LAST_DAY)],
        help_text=_("Of a monthly report; in a shorter month its last day."),
    )
    time = models.TimeField(_("time"), help_text=_("On the clock of the house."))
    file_format = models.CharField(
        _("attached file"), max_length=10, choices=AttachedFormat, default=AttachedFormat.PDF
    )
    recipients = models.ManyToManyField(
        settings.AUTH_USER_MODEL, related_name="report_schedules", verbose_name=_("recipients"), blank=True
    )
    is_paused = models.BooleanField(_("paused"), default=False, db_default=False)
    next_at = models.DateTimeField(_("next"), editable=False)
    last_sent_at = models.DateTimeField(_("last sent"), null=True, editable=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        related_name="+",
        verbose_name=_("made by"),
        editable=False,
    )

    class Meta:
        verbose_name = _("scheduled report")
        verbose_name_plural = _("scheduled reports")
        ordering = ("property", "report", "pk")
        constraints = (
            models.CheckConstraint(
                condition=Q(rhythm=Rhythm.DAILY, weekday=None, day_of_month=None)
                | Q(rhythm=Rhythm.WEEKLY, weekday__range=(0, 6), day_of_month=None)
                | Q(rhythm=Rhythm.MONTHLY, weekday=None, day_of_month__range=(1, LAST_DAY)),
                name="report_schedule_rhythm_fits",
            ),
        )
        indexes = (
            # schedules_due: what is to be sent now
            models.Index(fields=("next_at",), name="report_schedule_due", condition=Q(is_paused=False)),
        )

    def __str__(self) -> str:
        return f"{self.report} · {self.get_rhythm_display()}"


@audited(property_path="reportschedule__property", parent="reportschedule")
class ReportRecipient(ReportSchedule.recipients.through):  # type: ignore[name-defined]
    """Somebody who gets a scheduled report; the log's name for the rows between the two."""

    class Meta:
        proxy = True
        verbose_name = _("recipient of a report")
        verbose_name_plural = _("recipients of reports")
