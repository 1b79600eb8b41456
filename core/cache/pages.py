"""Whole pages that are the same for everybody, with holes for what is not.

A page is rendered once as somebody would see it who has no session: not the visitor, so nothing of a visitor can get
into it. Where a template says ``{% personal %}`` the stored page has a hole. Who comes without a session gets the page
with the holes filled for nobody, which is stored too; for everybody else the parts in the holes are rendered anew. It
works without JavaScript, because the server fills the holes.

The page is outdated by writes in the scopes that it is made from, by a new version of the code, and every quarter of
an hour: a page that was made today must not be shown tomorrow, and every time zone is whole quarters from UTC.
"""

from __future__ import annotations

import copy
import functools
import hashlib
import secrets
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.contrib.messages.storage import default_storage
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.cache import get_conditional_response, patch_vary_headers
from django.utils.module_loading import import_string

from core.cache.generations import MadeFrom, writes_pending
from core.cache.keys import PAGES
from core.cache.read import get_or_compute

QUARTER_SECONDS = 900
CACHE_CONTROL = "private, no-cache"
"""Kept by the browser alone, and asked for again each time: the answer is a 304 without a body if nothing changed."""
VARY = ("Cookie", "Accept-Language", "HX-Request")
MESSAGES_COOKIE = "messages"

View = Callable[..., HttpResponse]


@dataclass(slots=True)
class Holes:
    """Where a page that is being rendered leaves room. The mark cannot be guessed, so no text of a guest is one."""

    mark: str = field(default_factory=lambda: secrets.token_hex(16))
    templates: list[str] = field(default_factory=list)

    def leave(self, template: str) -> str:
        """Leave room for a template."""
        self.templates.append(template)
        return self.mark


@dataclass(frozen=True, slots=True)
class Page:
    """A page as it is stored: what stands between the holes, the templates that belong into them, and it as a whole."""

    parts: tuple[bytes, ...]
    holes: tuple[str, ...]
    for_nobody: bytes
    etag: str
    content_type: str


class _NotForEverybody(Exception):
    """The answer is no page, or has something of one visitor."""


def page_cached(
    *,
    params: Collection[str] = (),
    params_of_nobody: Collection[str] = (),
    made_from: Callable[..., Iterable[MadeFrom]],
) -> Callable[[View], View]:
    """Decorator for the view of a page that is the same for everybody but for its holes.

    ``made_from`` gets the arguments of the view and gives the scopes whose writes outdate the page. An address with
    other parameters than ``params`` is not cached, so that nobody can fill the cache with addresses of his own. With
    ``params_of_nobody`` it is cached for those who come without a session, because the others may see other prices.
    """
    of_nobody = {*params, *params_of_nobody}

    def decorate(view: View) -> View:
        @functools.wraps(view)
        def cached(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if not _may_be_cached(request, params if _is_known(request) else of_nobody):
                return with_validators(request, view(request, *args, **kwargs))
            try:
                page = get_or_compute(
                    PAGES,
                    view.__name__,
                    _key(request),
                    lambda: _page_make(request, view, args, kwargs),
                    made_from=made_from(*args, **kwargs),
                )
            except _NotForEverybody:
                return with_validators(request, view(request, *args, **kwargs))
            return _answer(request, page)

        return cached

    return decorate


def with_validators(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """Give a page an ETag and say who may keep it; a 304 if the browser has it already."""
    if not response.has_header("Cache-Control"):
        response["Cache-Control"] = CACHE_CONTROL
    patch_vary_headers(response, VARY)
    if response.status_code != 200 or response.streaming:
        return response
    etag = response.get("ETag") or etag_of(response.content)
    response["ETag"] = etag
    conditional = get_conditional_response(request, etag=etag, response=response)
    return conditional or response


def etag_of(content: bytes) -> str:
    """A validator of an answer's content: weak, because it may be compressed on its way."""
    return f'W/"{hashlib.blake2b(content, digest_size=12).hexdigest()}"'


def hole_fill(request: HttpRequest, template: str) -> str:
    """What one visitor sees in a hole."""
    return render_to_string(template, {}, request)


def _may_be_cached(request: HttpRequest, params: Collection[str]) -> bool:
    return (
        settings.CACHE_PAGES
        and request.method in ("GET", "HEAD")
        and all(name in params for name in request.GET)
        and not writes_pending()
    )


def _is_known(request: HttpRequest) -> bool:
    """Whether somebody comes with a session, or with a message that waits."""
    return settings.SESSION_COOKIE_NAME in request.COOKIES or MESSAGES_COOKIE in request.COOKIES


def _key(request: HttpRequest) -> tuple[str, ...]:
    quarter = int(timezone.now().timestamp() // QUARTER_SECONDS)
    htmx = request.headers.get("HX-Request", "") + request.headers.get("HX-History-Restore-Request", "")
    return (translation.get_language() or "", str(quarter), htmx, request.get_full_path())


def _page_make(request: HttpRequest, view: View, args: Any, kwargs: Any) -> Page:
    nobody = _as_nobody(request)
    holes = Holes()
    nobody.page_holes = holes
    response = view(nobody, *args, **kwargs)
    if response.status_code != 200 or response.streaming or response.cookies:
        raise _NotForEverybody
    parts = tuple(response.content.split(holes.mark.encode()))
    del nobody.page_holes
    filled = _joined(parts, [hole_fill(nobody, template) for template in holes.templates])
    if "CSRF_COOKIE" in nobody.META or nobody.session.modified:
        raise _NotForEverybody
    return Page(parts, tuple(holes.templates), filled, etag_of(filled), response["Content-Type"])


def _as_nobody(request: HttpRequest) -> Any:
    """The same request from somebody without any cookie."""
    nobody: Any = copy.copy(request)
    nobody.META = {
        name: value for name, value in request.META.items() if name not in ("HTTP_COOKIE", "CSRF_COOKIE")
    }
    nobody.COOKIES = {}
    nobody.user = AnonymousUser()
    nobody.session = import_string(f"{settings.SESSION_ENGINE}.SessionStore")()
    nobody._messages = default_storage(nobody)
    return nobody


def _answer(request: HttpRequest, page: Page) -> HttpResponse:
    is_known = _is_known(request)
    if is_known:
        content = _joined(page.parts, [hole_fill(request, template) for template in page.holes])
    else:
        content = page.for_nobody
    response = HttpResponse(content, content_type=page.content_type)
    if not is_known:
        response["ETag"] = page.etag
    return with_validators(request, response)


def _joined(parts: tuple[bytes, ...], fillings: list[str]) -> bytes:
    pieces = [parts[0]]
    for filling, part in zip(fillings, parts[1:], strict=True):
        pieces += (filling.encode(), part)
    return b"".join(pieces)
