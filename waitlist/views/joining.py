"""Beginning to wait."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts.models import User
from core.api.throttling import rate_limited
from core.exceptions import DomainError, NotFound
from inventory.forms import stay_query
from inventory.selectors import Catalogue, catalogue_by_slug
from waitlist.exceptions import RoomsAvailable
from waitlist.forms import JoinForm
from waitlist.services import entry_join
from waitlist.types import JoinedEntry

from .access import token_remember


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@rate_limited("sensitive")
def join(request: HttpRequest, slug: str) -> HttpResponse:
    """Ask what is waited for, with the stay of the address filled in; POST puts the guest on the list."""
    catalogue = _catalogue(slug)
    user = request.user if isinstance(request.user, User) else None
    form = JoinForm(request.POST or None, catalogue=catalogue, asked=request.GET, user=user)
    status, book_url = (422 if form.is_bound else 200), ""
    if form.is_valid():
        try:
            joined = _join(form, catalogue, user)
        except RoomsAvailable as error:
            status = error.http_status
            query = stay_query(stay=form.stay, party=form.party).urlencode()
            book_url = f"{reverse('inventory:property', args=[slug])}?{query}#rooms"
        except DomainError as error:
            form.refuse(error)
            status = error.http_status
        else:
            token_remember(request, joined.entry.reference, joined.access_token)
            messages.success(request, _("You are on the waitlist."))
            return redirect("waitlist:entry", joined.entry.reference)
    context = {"property": catalogue.property, "form": form, "book_url": book_url}
    return render(request, "waitlist/join.html", context, status=status)


def _join(form: JoinForm, catalogue: Catalogue, user: User | None) -> JoinedEntry:
    return entry_join(
        property_id=catalogue.property.id,
        room_type_id=form.cleaned_data["room_type"],
        stay=form.stay,
        party=form.party,
        flexible_days=form.cleaned_data["flexible_days"],
        max_total=form.cleaned_data["max_total"],
        guest=form.guest(language=get_language() or ""),
        user=user,
    )


def _catalogue(slug: str) -> Catalogue:
    try:
        return catalogue_by_slug(slug=slug)
    except NotFound as error:
        raise Http404 from error
