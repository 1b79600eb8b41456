"""Rooms for everybody who waits, at one go: first what would be done, then doing it."""

from __future__ import annotations

from datetime import timedelta
from http import HTTPStatus

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from accounts.permissions import OPERATION_PERMISSIONS, may_with
from accounts.scoping import access_of, actor_of
from bookings.services.rooming import AssignmentResult, rooms_assign_automatically
from core.admin import form_refused
from core.exceptions import DomainError

from .answering import done, part_page
from .asking import OPERATION, chart_query
from .forms import AssignForm

DAYS_MIN = 14


@require_http_methods(["GET", "HEAD", "POST"])
def assign(request: HttpRequest) -> HttpResponse:
    """Show what assigning rooms for a period would do, and do it."""
    asked = chart_query(request)
    house = asked.choice.house
    if not may_with(access_of(request), house.pk, OPERATION_PERMISSIONS[OPERATION]):
        raise PermissionDenied
    end = max(asked.span.departure, asked.today + timedelta(days=DAYS_MIN))
    start = {"start": max(asked.span.arrival, asked.today).isoformat(), "end": end.isoformat()}
    sent = request.POST if request.method == "POST" else request.GET
    form = AssignForm({name: sent.get(name) or value for name, value in start.items()})
    result: AssignmentResult | None = None
    if form.is_valid():
        first, last = form.period()
        try:
            result = rooms_assign_automatically(
                property_id=house.pk,
                start=first,
                end=last,
                actor=actor_of(request),
                is_preview=request.method != "POST",
            )
        except DomainError as error:
            form_refused(form, error)
    if request.method == "POST" and result is not None:
        return done(request, _text(result))
    context = {"title": _("Assign rooms"), "form": form, "result": result, "choice": asked.choice}
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    return part_page(request, "assign", context, status=status)


def _text(result: AssignmentResult) -> str:
    text = ngettext("%(count)d room was assigned.", "%(count)d rooms were assigned.", result.stays)
    text %= {"count": result.stays}
    if result.left:
        left = ngettext("%(count)d stay has none yet.", "%(count)d stays have none yet.", len(result.left))
        text += " " + left % {"count": len(result.left)}
    return text if result.stays or result.left else gettext("Everybody has a room.")
