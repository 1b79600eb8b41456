"""The id of a request: taken from `X-Request-ID` or made, in every log line and in the response's header."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable

import structlog
from django.http import HttpRequest, HttpResponse

from core.observability.queries import queries_counted

REQUEST_ID_HEADER = "X-Request-ID"
REQUEST_ID_META = "HTTP_X_REQUEST_ID"
VALID_REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{8,64}\Z")


class RequestContextMiddleware:
    """Outermost. Gives the request a `request_id`, counts its queries, and puts the id into the response.

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
        with structlog.contextvars.bound_contextvars(request_id=request_id), queries_counted():
            response = self.get_response(request)
        response[REQUEST_ID_HEADER] = request_id
        return response


def request_id_of(request: HttpRequest | None) -> str:
    """The id of a request; that of the log context if there is no request, and empty if there is none at all."""
    request_id = getattr(request, "request_id", None) or structlog.contextvars.get_contextvars().get(
        "request_id"
    )
    return str(request_id or "")
