"""Which entry or offer a request may see: by log-in, by a token in its session, or by that of a mail's link."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.http import urlencode

from core.exceptions import NotFound
from core.references import reference_normalise
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
    """The entry of the address. Raises `Http404` for a foreign one as for one that does not exist."""
    try:
        return entry_for_access(reference=reference, user=request.user, token=_token(request, reference))
    except NotFound as error:
        raise Http404 from error


def offer_of_request(request: HttpRequest, reference: str) -> WaitlistOffer:
    """The offer of the address. Raises `Http404` for a foreign one as for one that does not exist."""
    try:
        return offer_for_access(reference=reference, user=request.user, token=_token(request, reference))
    except NotFound as error:
        raise Http404 from error


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
