"""Which entry or offer a request may see: by log-in, by a token in its session, or by that of a mail's link."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.http import urlencode

from accounts.selectors import operation_require
from core.exceptions import NotFound
from core.references import reference_normalise, token_matches
from waitlist.models import WaitlistEntry, WaitlistOffer
from waitlist.selectors import entry_for_access, offer_for_access

SESSION_KEY = "waitlist"
SESSION_MAX_TOKENS = 20


def token_remember(request: HttpRequest, reference: str, token: str) -> None:
    """Let this session open an entry or an offer from now on; the oldest of more than twenty is forgotten."""
    tokens: dict[str, Any] = request.session.get(SESSION_KEY, {})
    tokens.pop(reference, None)
    tokens[reference] = token
    request.session[SESSION_KEY] = dict(list(tokens.items())[-SESSION_MAX_TOKENS:])


def entry_of_request(request: HttpRequest, reference: str) -> WaitlistEntry:
    """The entry of the address. Raises `Http404` for a foreign one as for one that does not exist.

    Raises `PermissionDenied` for what staff send whose role may only look.
    """
    token = _token(request, reference)
    try:
        entry = entry_for_access(reference=reference, user=request.user, token=token)
    except NotFound as error:
        raise Http404 from error
    _sender_check(request, entry, entry.property_id)
    return entry


def offer_of_request(request: HttpRequest, reference: str) -> WaitlistOffer:
    """The offer of the address. Raises as `entry_of_request` does."""
    token = _token(request, reference)
    try:
        offer = offer_for_access(reference=reference, user=request.user, token=token)
    except NotFound as error:
        raise Http404 from error
    _sender_check(request, offer, offer.entry.property_id)
    return offer


def guest_asks(request: HttpRequest, found: WaitlistEntry | WaitlistOffer) -> bool:
    """Whether it is the guest who asks, by log-in or token, and not staff of the house, who may look."""
    entry = found.entry if isinstance(found, WaitlistOffer) else found
    token = _token(request, found.reference) or ""
    return (entry.user_id is not None and entry.user_id == request.user.pk) or any(
        token_matches(token, stored) for stored in (found.access_token_hash, entry.access_token_hash)
    )


def _sender_check(request: HttpRequest, found: WaitlistEntry | WaitlistOffer, property_id: int) -> None:
    """Let the guest send what they like, by log-in or token, and staff what their role may do for guests."""
    if request.method == "POST" and not guest_asks(request, found):
        operation_require(request.user, property_id, "waitlist_offer")


def token_put_away(
    request: HttpRequest, reference: str, *, keep: tuple[str, ...] = ()
) -> HttpResponse | None:
    """Move the token of the address into the session at once, so that it is neither bookmarked nor sent on."""
    token = request.GET.get("token")
    if not token or request.method != "GET":
        return None
    token_remember(request, reference, token)
    query = {name: request.GET[name] for name in keep if name in request.GET}
    return redirect(request.path + (f"?{urlencode(query)}" if query else ""))


def _token(request: HttpRequest, reference: str) -> str | None:
    remembered = request.session.get(SESSION_KEY, {}).get(reference_normalise(reference))
    token: str | None = request.GET.get("token") or remembered
    return token
