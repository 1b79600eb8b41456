"""Answers that a program may keep: it asks whether they changed, and gets a 304 without anything being computed."""

from __future__ import annotations

import functools
import hashlib
from collections.abc import Callable, Iterable
from typing import Any

from django.utils import timezone, translation
from django.utils.cache import get_conditional_response, patch_vary_headers
from rest_framework.request import Request
from rest_framework.response import Response

from core.cache.generations import MadeFrom, generations_of
from core.cache.pages import CACHE_CONTROL, QUARTER_SECONDS
from core.cache.version import code_version

VARY = ("Accept", "Accept-Language", "Authorization", "Cookie")

Get = Callable[..., Response]


def validated(
    made_from: Callable[..., Iterable[MadeFrom]], *, varies: Callable[[Request], object] | None = None
) -> Callable[[Get], Get]:
    """Decorator for ``get`` of a view whose answer is the same until something it is ``made_from`` is written.

    ``made_from`` gets what the address names; ``varies`` says what else of the request changes the answer, such as the
    reader's discount. The validator changes every quarter of an hour too, because what can be booked depends on the
    time. In a transaction that has written, and without a cache server, there is none. One round trip.
    """

    def decorate(get: Get) -> Get:
        @functools.wraps(get)
        def answer(view: Any, request: Request, *args: Any, **kwargs: Any) -> Response:
            etag = _etag(request, made_from(**kwargs), varies(request) if varies else None)
            if etag is not None and get_conditional_response(request._request, etag=etag) is not None:
                return _validated(Response(status=304), etag)
            return _validated(get(view, request, *args, **kwargs), etag)

        return answer

    return decorate


def _etag(request: Request, made_from: Iterable[MadeFrom], varies: object) -> str | None:
    generations = generations_of(made_from)
    if generations is None:
        return None
    quarter = int(timezone.now().timestamp() // QUARTER_SECONDS)
    accepts = request.headers.get("Accept", "")
    facts = (
        code_version(),
        generations,
        quarter,
        request.get_full_path(),
        accepts,
        translation.get_language(),
        varies,
    )
    return f'W/"{hashlib.blake2b(repr(facts).encode(), digest_size=12).hexdigest()}"'


def _validated(response: Response, etag: str | None) -> Response:
    if etag is not None and response.status_code in (200, 304):
        response["ETag"] = etag
    response["Cache-Control"] = CACHE_CONTROL
    patch_vary_headers(response, VARY)
    return response
