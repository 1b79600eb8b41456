"""The page of the administration where operators see the outside services and close a breaker by hand."""

from __future__ import annotations

import structlog
from django.contrib import messages
from django.contrib.admin import AdminSite
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.permissions import OPERATION_PERMISSIONS, property_ids_with
from accounts.scoping import access_of
from core.resilience.report import service_reports
from core.resilience.services import breaker_get

logger = structlog.get_logger(__name__)


def services_may(request: HttpRequest) -> bool:
    """Whether the user may see and reset outside services: superusers, and managers of any property."""
    return property_ids_with(access_of(request), OPERATION_PERMISSIONS["services_reset"]) != []


@require_safe
def services_page(request: HttpRequest, *, site: AdminSite) -> HttpResponse:
    """Show every service: its state, since when, its last calls."""
    if not services_may(request):
        raise PermissionDenied
    context = {
        **site.each_context(request),
        "title": _("Outside services"),
        "services": service_reports(),
    }
    return TemplateResponse(request, "admin/core/services.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def service_reset(request: HttpRequest, name: str, *, site: AdminSite) -> HttpResponse:
    """Ask, and then close a breaker by hand: the next call is tried, whatever happened before."""
    if not services_may(request):
        raise PermissionDenied
    report = next((one for one in service_reports() if one.name == name), None)
    if report is None:
        raise Http404
    if request.method == "POST":
        breaker_get(name).reset()
        logger.warning("breaker_reset", service=name, user_id=request.user.pk)
        messages.success(request, gettext("%(service)s is called again.") % {"service": report.label})
        return redirect("admin:services")
    context = {**site.each_context(request), "title": _("Call the service again?"), "service": report}
    return TemplateResponse(request, "admin/core/service_reset.html", context)
