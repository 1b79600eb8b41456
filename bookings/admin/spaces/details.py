"""One booking of a space, and everything staff do with it; each from one page and most from the list."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.models import User
from accounts.scoping import actor_of
from bookings.forms.spaces import SCOPES, SpaceChangeForm
from bookings.models import SpaceBooking
from bookings.selectors.spaces import space_cancellation, space_series_part
from bookings.services.spaces import (
    space_booking_approve,
    space_booking_cancel,
    space_booking_change,
    space_booking_check_in,
    space_booking_check_in_undo,
    space_booking_decline,
    space_booking_finish,
    space_booking_no_show,
)
from bookings.services.spaces.notes import space_booking_notes_set
from bookings.space_transitions import AGREED_STATUSES, OPEN_STATUSES
from bookings.views.spaces.changing import change_initial, change_of, change_preview
from bookings.views.spaces.details import space_context
from core.exceptions import DomainError
from core.staff_pages import staff_page

from .permissions import booking_of, operations_of


@require_http_methods(["GET", "HEAD", "POST"])
def space_booking_page(request: HttpRequest, reference: str) -> HttpResponse:
    """Everything about a booking on one page; POST shows what a change would do, and a second POST does it."""
    booking = booking_of(request, reference)
    may = operations_of(request, booking.property_id)
    if request.method == "POST" and not may["may_space_book"]:
        raise PermissionDenied
    form = SpaceChangeForm(request.POST or None, initial=change_initial(booking))
    context: dict[str, Any] = {
        **space_context(booking),
        "title": f"{booking.space.name} · {booking.reference}",
        "form": form,
        "scopes": SCOPES if booking.series_id else (),
        "is_series": booking.series_id is not None,
        "is_open": booking.status in OPEN_STATUSES,
        "is_agreed": booking.status in AGREED_STATUSES,
        "now": timezone.now(),
        **may,
    }
    status = 200
    if request.method == "POST" and form.is_valid():
        try:
            if "send" in request.POST:
                return _changed(request, booking, form)
            context["change"] = change_preview(booking, form, change_of(booking, form), is_staff=True)
        except DomainError as error:
            form.add_error(None, str(error.message))
            status = error.http_status
    elif request.method == "POST":
        status = 422
    return staff_page(request, "admin/bookings/spaces/booking.html", context, status=status)


def _changed(request: HttpRequest, booking: SpaceBooking, form: SpaceChangeForm) -> HttpResponse:
    space_booking_change(
        booking_id=booking.pk,
        change=change_of(booking, form),
        actor=actor_of(request),
        scope=form.cleaned_data["scope"] or "one",
        is_staff=True,
        expected_total=form.cleaned_data["expected_total"],
        expected_version=form.cleaned_data["version"],
        skip_conflicts=form.cleaned_data["skip_conflicts"],
    )
    messages.success(request, gettext("The booking is changed."))
    return redirect("admin:space_booking", booking.reference)


@require_POST
def space_do(request: HttpRequest, reference: str) -> HttpResponse:
    """Do what the button says, and go back to where it was."""
    booking = booking_of(request, reference)
    action = ACTIONS.get(request.POST.get("action", ""))
    if action is None:
        raise Http404
    do, done = action
    try:
        do(booking, actor_of(request), request.POST)
        messages.success(request, str(done))
    except DomainError as error:
        messages.error(request, str(error.message))
    back = request.POST.get("back", "")
    if url_has_allowed_host_and_scheme(back, allowed_hosts={request.get_host()}):
        return redirect(back)
    return redirect("admin:space_booking", booking.reference)


def _scope(data: Any) -> str:
    scope = data.get("scope", "one")
    return scope if scope in dict(SCOPES) else "one"


def _approve(booking: SpaceBooking, actor: User, data: Any) -> None:
    space_booking_approve(
        booking_id=booking.pk, actor=actor, scope=_scope(data), reason=data.get("reason", "")
    )


def _decline(booking: SpaceBooking, actor: User, data: Any) -> None:
    space_booking_decline(
        booking_id=booking.pk, actor=actor, scope=_scope(data), reason=data.get("reason", "")
    )


def _cancel(booking: SpaceBooking, actor: User, data: Any) -> None:
    waive = data.get("waive_fee") == "on"
    scope = _scope(data)
    part = space_series_part(booking, scope=scope, at=timezone.now()) or [booking]
    fee: Decimal = space_cancellation(part).fee
    space_booking_cancel(
        booking_id=booking.pk,
        actor=actor,
        scope=scope,
        expected_fee=None if waive else fee,
        reason=data.get("reason", ""),
        waive_fee=waive,
    )


def _check_in(booking: SpaceBooking, actor: User, data: Any) -> None:
    space_booking_check_in(booking_id=booking.pk, actor=actor, is_staff=True)


def _undo(booking: SpaceBooking, actor: User, data: Any) -> None:
    space_booking_check_in_undo(booking_id=booking.pk, actor=actor)


def _finish(booking: SpaceBooking, actor: User, data: Any) -> None:
    space_booking_finish(booking_id=booking.pk, actor=actor)


def _no_show(booking: SpaceBooking, actor: User, data: Any) -> None:
    space_booking_no_show(booking_id=booking.pk, actor=actor)


def _notes(booking: SpaceBooking, actor: User, data: Any) -> None:
    space_booking_notes_set(booking_id=booking.pk, notes=data.get("notes", ""), actor=actor)


ACTIONS: dict[str, tuple[Callable[[SpaceBooking, User, Any], None], Any]] = {
    "approve": (_approve, _("The request is approved, and the guest is told.")),
    "decline": (_decline, _("The request is declined, and the guest is told why.")),
    "cancel": (_cancel, _("The booking is cancelled, and the guest is told.")),
    "check_in": (_check_in, _("The guest is checked in.")),
    "undo": (_undo, _("The check-in is undone.")),
    "finish": (_finish, _("The space is free again.")),
    "no_show": (_no_show, _("Nobody came: the space is free again.")),
    "notes": (_notes, _("The notes are saved.")),
}
