"""Where somebody says that a scheduled report need not come any more."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from accounts.scoping import actor_of
from core.exceptions import NotFound
from core.staff_pages import staff_page
from reports.catalogue import REPORTS
from reports.selectors.schedules import schedule_received
from reports.services.scheduling import schedule_leave


def schedule_leave_page(request: HttpRequest, schedule_id: int) -> HttpResponse:
    """Ask, then take the user off those who get a report. Who does not get it (any more) is told so."""
    try:
        schedule = schedule_received(schedule_id=schedule_id, user=actor_of(request))
        if request.method == "POST":
            schedule_leave(schedule_id=schedule_id, user=actor_of(request))
    except NotFound:
        over = {"title": _("This scheduled report is not sent to you, or not any more.")}
        return staff_page(request, "admin/reports/leave.html", over, status=404)
    report = REPORTS.get(schedule.report)
    name = str(report.title) if report else schedule.report
    if request.method == "POST":
        messages.success(request, _("“%(report)s” is not sent to you any more.") % {"report": name})
        return redirect("admin:reports")
    context = {"title": _("Stop a scheduled report"), "schedule": schedule, "name": name}
    return staff_page(request, "admin/reports/leave.html", context)
