"""Choosing a language: a form without a token, so that pages which everybody shares can have it."""

from __future__ import annotations

from urllib.parse import urlsplit

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase
from django.views.decorators.csrf import csrf_exempt
from django.views.i18n import set_language

OWN = frozenset({"same-origin", "none"})


@csrf_exempt
def language_set(request: HttpRequest) -> HttpResponseBase:
    """Remember the language in a cookie and go back to the page.

    The browser says where the form was sent from; other sites are refused. One that says nothing is let through: what
    a stranger could do is to show the next page in another language.
    """
    site, origin = request.headers.get("Sec-Fetch-Site"), request.headers.get("Origin")
    is_foreign = site not in OWN if site else bool(origin) and urlsplit(origin).netloc != request.get_host()
    if is_foreign:
        raise PermissionDenied
    return set_language(request)
