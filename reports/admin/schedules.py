"""Scheduled reports: who gets what, when."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs

from django import forms
from django.contrib import admin, messages
from django.db import models
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path
from django.utils.formats import time_format
from django.utils.html import format_html
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from accounts.models import User
from accounts.scoping import PropertyScopedAdmin, PropertyScopedForm, access_of, actor_of
from core.dates import time_zone_get
from core.exceptions import DomainError
from core.formats import format_day
from inventory.admin.filters import PropertyFilter
from reports.access import report_keys
from reports.catalogue import REPORTS
from reports.models import ReportSchedule, Rhythm
from reports.questions import Question, question_read
from reports.selectors.recipients import people_at
from reports.services.scheduling import schedule_save, schedule_send_now

from .links import report_address


class ScheduleForm(PropertyScopedForm):
    """A schedule; what the report is asked comes from the report's own page, as the part behind its question mark."""

    asks = forms.CharField(required=False, widget=forms.HiddenInput, max_length=2_000)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "report" in self.fields:
            keys = report_keys(access_of(self.request), list(REPORTS))
            self.fields["report"] = forms.ChoiceField(
                label=_("Report"), choices=[(key, REPORTS[key].title) for key in keys]
            )
        if "recipients" in self.fields:
            ids = self.model_admin.writable_property_ids(self.request)  # type: ignore[attr-defined]
            self.fields["recipients"].queryset = people_at(ids)  # type: ignore[attr-defined]
            self.fields["recipients"].required = True
            self.fields["recipients"].help_text = ""
            self.fields["recipients"].label_from_instance = recipient_label  # type: ignore[attr-defined]
            self.fields["recipients"].widget = forms.CheckboxSelectMultiple()
            self.fields["recipients"].widget.choices = self.fields["recipients"].choices  # type: ignore[attr-defined]
        if self.instance.pk is not None and "asks" in self.fields:
            self.initial["asks"] = schedule_asks(self.instance)


def recipient_label(user: User) -> str:
    """Return how somebody is named among those who could get a report."""
    return f"{user.full_name} ({user.email})" if user.full_name else user.email


def schedule_asks(schedule: ReportSchedule) -> str:
    """Return what a schedule asks as it stands in an address."""
    question = _question(schedule)
    return question.as_address() if question else ""


def _question(schedule: ReportSchedule) -> Question | None:
    report = REPORTS.get(schedule.report)
    try:
        return question_read(report, schedule.question) if report else None
    except DomainError:
        return None


@admin.register(ReportSchedule)
class ReportScheduleAdmin(PropertyScopedAdmin):
    form = ScheduleForm
    services_commit = True
    list_display = ("report_shown", "property", "times", "recipients_shown", "next_shown", "is_paused")
    list_filter = (PropertyFilter, "rhythm", "is_paused")
    list_select_related = ("property",)
    ordering = ("property", "report", "pk")
    sortable_by = ()
    change_form_template = "admin/reports/schedule_form.html"
    readonly_fields = ("asked", "next_shown", "last_sent_at")
    fieldsets = (
        (None, {"fields": ("report", "asked", "asks", "file_format", "recipients")}),
        (
            _("When"),
            {
                "fields": (
                    "property",
                    "rhythm",
                    "weekday",
                    "day_of_month",
                    "time",
                    "is_paused",
                    "next_shown",
                    "last_sent_at",
                )
            },
        ),
    )

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[ReportSchedule]:
        rows: models.QuerySet[ReportSchedule] = super().get_queryset(request)
        return rows.select_related("property").prefetch_related("recipients")

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """Begin with the report that was looked at, each Monday morning, to oneself."""
        initial = super().get_changeform_initial_data(request)
        begin = {"time": "07:00", "rhythm": Rhythm.WEEKLY, "weekday": 0, "recipients": [request.user.pk]}
        return begin | initial

    @admin.display(description=_("report"))
    def report_shown(self, schedule: ReportSchedule) -> str:
        report = REPORTS.get(schedule.report)
        return str(report.title) if report else schedule.report

    @admin.display(description=_("when"))
    def times(self, schedule: ReportSchedule) -> str:
        day = ""
        if schedule.rhythm == Rhythm.WEEKLY:
            day = f", {schedule.get_weekday_display()}"
        elif schedule.rhythm == Rhythm.MONTHLY:
            day = f", {schedule.day_of_month}."
        return f"{schedule.get_rhythm_display()}{day}, {time_format(schedule.time, 'H:i')}"

    @admin.display(description=_("recipients"))
    def recipients_shown(self, schedule: ReportSchedule) -> str:
        return ", ".join(user.get_full_name() for user in schedule.recipients.all())

    @admin.display(description=_("next"))
    def next_shown(self, schedule: ReportSchedule) -> str:
        if schedule.pk is None or schedule.is_paused:
            return "–"
        local = schedule.next_at.astimezone(time_zone_get(schedule.property.time_zone))
        return f"{format_day(local.date())}, {local:%H:%M}"

    @admin.display(description=_("filters"))
    def asked(self, schedule: ReportSchedule) -> str:
        question = _question(schedule) if schedule.pk else None
        if question is None:
            return gettext(
                "As on the report’s page when you came from there, else this month and all properties."
            )
        return format_html('<a href="{}">{}</a>', report_address(question), gettext("Look at the report"))

    def save_model(self, request: HttpRequest, obj: ReportSchedule, form: Any, change: bool) -> None:
        report = REPORTS[form.cleaned_data["report"]]
        asked = parse_qs(form.cleaned_data.get("asks", ""))
        is_other = change and "report" in form.changed_data
        question = Question(report.key) if is_other else question_read(report, asked)
        obj.report, obj.question = report.key, question.as_query()
        schedule_save(schedule=obj, recipients=list(form.cleaned_data["recipients"]), actor=actor_of(request))

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """Nothing is left to save: the service has saved the recipients too."""

    def get_urls(self) -> list[URLPattern]:
        send = self.admin_site.admin_view(require_POST(self.send_now))
        name = "reports_reportschedule_send"
        return [path("<int:schedule_id>/send/", send, name=name), *super().get_urls()]

    def send_now(self, request: HttpRequest, schedule_id: int) -> HttpResponse:
        """Send it to the user alone, to be looked at."""
        if not self.get_queryset(request).filter(pk=schedule_id).exists():
            raise Http404
        try:
            schedule_send_now(schedule_id=schedule_id, actor=actor_of(request))
        except DomainError as error:
            self.message_user(request, str(error), messages.ERROR)
        else:
            self.message_user(request, gettext("The report is on its way to you."), messages.SUCCESS)
        return redirect(self.change_url(schedule_id))
