"""Where a page of the front desk goes when it is done: back to where it was opened, and only within the site."""

from __future__ import annotations

from urllib.parse import urlencode

from django.http import HttpRequest
from django.utils.http import url_has_allowed_host_and_scheme

NEXT_PARAMETER = "next"


def with_next(url: str, next_url: str) -> str:
    """The address with the one to go back to."""
    return f"{url}?{urlencode({NEXT_PARAMETER: next_url})}" if next_url else url


def next_of(request: HttpRequest) -> str:
    """Where the request wants to go afterwards; empty unless that is an address of ours."""
    wanted = request.GET.get(NEXT_PARAMETER, "")
    safe = url_has_allowed_host_and_scheme(
        wanted, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return wanted if safe else ""
