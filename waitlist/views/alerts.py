"""Setting, changing and deleting price alerts, with an account or by the link of a mail."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.models import User
from core.api.throttling import rate_limited
from core.exceptions import DomainError, NotFound
from core.numbers import whole_number
from inventory.forms import StayForm, stay_query
from inventory.selectors import Catalogue, catalogue_by_slug
from waitlist.alert_exceptions import AlertExists, AlertsTooMany
from waitlist.alert_forms import AlertForm
from waitlist.alert_links import book_url
from waitlist.models import AlertStatus
from waitlist.selectors.alerts import alert_for_access, alerts_of_user
from waitlist.services.alerts import (
    CONFIRM_HOURS,
    alert_change,
    alert_confirm,
    alert_create,
    alert_delete,
    current_total,
)


@require_safe
@never_cache
@login_required
def alert_list(request: HttpRequest) -> HttpResponse:
    """Show the account's alerts."""
    assert isinstance(request.user, User)
    return render(request, "waitlist/alerts.html", {"alerts": alerts_of_user(user=request.user)})


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@rate_limited("sensitive")
def alert_new(request: HttpRequest, slug: str) -> HttpResponse:
    """Set an alert for the stay in the address, in one room type (``room_type``) or in any."""
    catalogue, room_type_id, stay_form = _asked(request, slug)
    user = request.user if isinstance(request.user, User) else None
    form = AlertForm(request.POST or None, currency=catalogue.property.currency, asks_address=user is None)
    about: dict[str, Any] = {
        "property_id": catalogue.property.id,
        "room_type_id": room_type_id,
        "stay": stay_form.stay,
        "party": stay_form.party,
        "user": user,
    }
    if form.is_valid():
        address = {key: form.cleaned_data[key] for key in ("email", "name") if key in form.cleaned_data}
        try:
            alert_create(**about, wish=form.wish, language=get_language() or "en", **address)
        except DomainError as error:
            # whether an address without an account has alerts is nobody else's business
            if user is not None or not isinstance(error, AlertExists | AlertsTooMany):
                form.refuse(error)
        if not form.errors:
            return _set(request, user)
    context = _about_stay(catalogue, room_type_id, stay_form) | {
        "form": form,
        "total": current_total(**about),
    }
    return render(request, "waitlist/alert_new.html", context, status=422 if form.errors else 200)


@require_safe
@never_cache
def alert_sent(request: HttpRequest) -> HttpResponse:
    """Say that a link was sent to the address."""
    return render(request, "waitlist/alert_sent.html", {"hours": CONFIRM_HOURS})


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@rate_limited("sensitive")
def alert_detail(request: HttpRequest, reference: str, token: str = "") -> HttpResponse:
    """Show an alert to its owner, or to who has its link, and change what it waits for."""
    alert = alert_for_access(reference=reference, user=request.user, token=token)
    form = AlertForm.of_alert(alert, request.POST or None)
    if form.is_valid():
        try:
            alert_change(alert=alert, wish=form.wish)
        except DomainError as error:
            form.refuse(error)
        else:
            messages.success(request, _("The price alert is changed."))
            return redirect(request.path)
    context = {
        "alert": alert,
        "form": form,
        "drops": alert.drops.select_related("room_type", "rate_plan"),
        "is_pending": alert.status == AlertStatus.PENDING,
        "is_ended": alert.status == AlertStatus.ENDED,
        "delete_url": f"{request.path}delete/",
        "confirm_url": f"{request.path}confirm/",
        "book_url": book_url(house=alert.property, stay=alert.stay, party=alert.party),
    }
    return render(request, "waitlist/alert.html", context, status=422 if form.errors else 200)


@require_POST
@never_cache
@rate_limited("sensitive")
def alert_confirm_address(request: HttpRequest, reference: str, token: str) -> HttpResponse:
    """Begin to watch: who has the link has the address."""
    alert_confirm(alert=alert_for_access(reference=reference, user=request.user, token=token))
    messages.success(request, _("We watch the price for you now."))
    return redirect("waitlist:alert_by_token", reference, token)


@require_POST
@never_cache
@rate_limited("sensitive")
def alert_remove(request: HttpRequest, reference: str, token: str = "") -> HttpResponse:
    """Delete an alert."""
    alert_delete(alert=alert_for_access(reference=reference, user=request.user, token=token))
    messages.success(request, _("The price alert is deleted."))
    return redirect("waitlist:alerts" if request.user.is_authenticated else "inventory:home")


def _set(request: HttpRequest, user: User | None) -> HttpResponse:
    if user is None:
        return redirect("waitlist:alert_sent")
    messages.success(request, _("We watch the price for you now."))
    return redirect("waitlist:alerts")


def _asked(request: HttpRequest, slug: str) -> tuple[Catalogue, int | None, StayForm]:
    """Return what the address asks for; anything that is not a stay at a house of ours is not found."""
    form = StayForm(request.GET)
    number = request.GET.get("room_type", "")
    try:
        catalogue = catalogue_by_slug(slug=slug)
    except NotFound as error:
        raise Http404 from error
    room_type_id = whole_number(number)
    if not form.is_valid() or (number and room_type_id not in catalogue.room_types):
        raise Http404
    return catalogue, room_type_id, form


def _about_stay(catalogue: Catalogue, room_type_id: int | None, form: StayForm) -> dict[str, Any]:
    return {
        "property": catalogue.property,
        "room_type": catalogue.room_types.get(room_type_id or 0),
        "stay": form.stay,
        "party": form.party,
        "stay_query": stay_query(stay=form.stay, party=form.party).urlencode(),
    }
