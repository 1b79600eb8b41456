"""An entry's page, and the list of one's own."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts.models import User
from bookings.views.access import booking_remember
from core.dates import StayDates
from core.exceptions import DomainError
from inventory.forms import stay_query
from inventory.types import Party
from waitlist.access import offer_token_of
from waitlist.models import WaitlistEntry, WaitlistOffer
from waitlist.selectors import entries_active, entries_with_offers, entry_details
from waitlist.services import entry_leave
from waitlist.transitions import OfferStatus

from .access import entry_of_request, guest_asks, token_put_away, token_remember

ENTRIES_PER_PAGE = 20


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def entry(request: HttpRequest, reference: str) -> HttpResponse:
    """Show what somebody waits for and their place in the queue; POST takes them off the list."""
    found = entry_of_request(request, reference)
    if response := token_put_away(request, found.reference):
        return response
    if request.method == "POST":
        try:
            entry_leave(entry_id=found.pk)
        except DomainError as error:
            messages.error(request, str(error))
        else:
            messages.success(request, _("You are not on the waitlist any more."))
        return redirect("waitlist:entry", found.reference)
    details = entry_details(entry=found)
    if guest_asks(request, found):
        _doors_open(request, details.offer)
    context = {
        "entry": found,
        "place": details.place,
        "offer": details.offer,
        "property": found.property,
        "search_again": _search_again(found),
    }
    return render(request, "waitlist/entry.html", context)


@never_cache
@require_safe
@login_required
def entry_list(request: HttpRequest) -> HttpResponse:
    """Show everything a user waits for, a page at a time."""
    assert isinstance(request.user, User)
    page = Paginator(entries_active(user=request.user), ENTRIES_PER_PAGE).get_page(request.GET.get("page"))
    context = {"entries": entries_with_offers(list(page)), "page": page}
    return render(request, "waitlist/list.html", context)


def _doors_open(request: HttpRequest, offer: WaitlistOffer | None) -> None:
    """Let the session of the guest who waits open what was offered to it, and the booking that came of it."""
    if offer is not None:
        token_remember(request, offer.reference, offer_token_of(offer))
        if offer.status == OfferStatus.ACCEPTED:
            booking_remember(request, offer.booking)


def _search_again(found: WaitlistEntry) -> str:
    party = Party(found.adults, tuple(found.children_ages), found.rooms)
    return stay_query(stay=StayDates(found.arrival, found.departure), party=party).urlencode()
