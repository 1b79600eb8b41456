"""The pages of the administration where operators see what is green and what is red, and what to do about it."""

from __future__ import annotations

from django.contrib.admin import AdminSite
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from config.services_admin import services_may
from core.system import system_report
from core.system.runbook import runbook_entries


@require_safe
def system_page(request: HttpRequest, *, site: AdminSite) -> HttpResponse:
    """Show every part of the installation, the red ones first; the page looks again every half minute."""
    if not services_may(request):
        raise PermissionDenied
    report = system_report()
    context = {
        **site.each_context(request),
        "title": _("System"),
        "report": report,
        "wrong": [line for line in report.lines if line.state in ("red", "amber")],
        "groups": [(group.label, lines) for group, lines in report.groups if lines],
        "entries": {entry.anchor for entry in runbook_entries()},
    }
    return TemplateResponse(request, "admin/core/system.html", context)


@require_safe
def runbook_page(request: HttpRequest, *, site: AdminSite) -> HttpResponse:
    """Show the runbook: what each alert means, how to look, how to mend it."""
    if not services_may(request):
        raise PermissionDenied
    context = {**site.each_context(request), "title": _("Runbook"), "entries": runbook_entries()}
    return TemplateResponse(request, "admin/core/runbook.html", context)
