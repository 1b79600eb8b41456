"""The id of a request, in every log line and in the response's header; how long it took, and with how many queries."""

from __future__ import annotations

import re
import time
import uuid
from collections.abc import Callable

import structlog
from django.http import HttpRequest, HttpResponse
from django.utils.functional import SimpleLazyObject

from core.observability.queries import QueryCount, queries_counted
from core.observability.request_figures import request_count

REQUEST_ID_HEADER = "X-Request-ID"
REQUEST_ID_META = "HTTP_X_REQUEST_ID"
PROBES = frozenset({"/livez", "/readyz", "/api/health", "/api/db/health"})
VALID_REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{8,64}\Z")


class RequestContextMiddleware:
    """Outermost. Gives the request a `request_id`, counts it and its queries, and puts the id into the response.

    Staff see in `Server-Timing` what a response cost (their browser's tools show it); nobody else does.

    An id that is not 8 to 64 plain characters is replaced, so nothing a stranger sends can break a log line.
    django-structlog's middleware, which follows, binds the id to every log line.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        given = request.META.get(REQUEST_ID_META, "")
        request_id = given if VALID_REQUEST_ID.match(given) else uuid.uuid4().hex
        request.META[REQUEST_ID_META] = request_id
        request.request_id = request_id  # type: ignore[attr-defined]
        started = time.perf_counter()
        with (
            structlog.contextvars.bound_contextvars(request_id=request_id),
            queries_counted(
                request_id=request_id
            ) as count,  # django-structlog forgets the context at its end
        ):
            response = self.get_response(request)
        seconds = time.perf_counter() - started
        response[REQUEST_ID_HEADER] = request_id
        if _is_staff(request) and "public" not in response.get("Cache-Control", ""):
            response["Server-Timing"] = server_timing(seconds, count)
        request_count(request, response, seconds, count)
        return response


def server_timing(seconds: float, count: QueryCount) -> str:
    """What a response cost, in milliseconds, as browsers read it."""
    queries = "1 query" if count.queries == 1 else f"{count.queries} queries"
    return f'db;dur={count.seconds * 1000:.1f};desc="{queries}", total;dur={seconds * 1000:.1f}'


def _is_staff(request: HttpRequest) -> bool:
    """Whether staff ask, as far as the page wanted to know who asks: nobody is looked up for this."""
    user = getattr(request, "_cached_user", None)
    if user is None:  # a token's user is put there by the API, in place of the one that would be looked up
        user = request.__dict__.get("user")
        if type(user) is SimpleLazyObject:
            return False
    return bool(getattr(user, "is_staff", False))


def request_id_of(request: HttpRequest | None) -> str:
    """The id of a request; that of the log context if there is no request, and empty if there is none at all."""
    request_id = getattr(request, "request_id", None) or structlog.contextvars.get_contextvars().get(
        "request_id"
    )
    return str(request_id or "")


def request_id_header() -> dict[str, str]:
    """The header for a call to somebody else, so that their log and ours go together; empty without an id."""
    request_id = request_id_of(None)
    return {REQUEST_ID_HEADER: request_id} if VALID_REQUEST_ID.match(request_id) else {}


class ProbeMiddleware:
    """Before all that reads cookies: a probe is answered the same for everybody, and needs no session.

    Otherwise the browser of somebody who is logged in would wait for the database where the question is whether the
    process is alive.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path in PROBES:
            request.META.pop("HTTP_COOKIE", None)
        return self.get_response(request)
