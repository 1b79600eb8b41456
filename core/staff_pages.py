"""Pages of the administration that are no model's: each app adds its own, and the site gives them addresses and links.

A page is registered where its view is written, in ``<app>/admin``, which Django reads when it starts. Its address is
``/admin/<path>`` and its name ``admin:<key>``; whoever may see it finds a link to it above every page of the
administration.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import wraps
from typing import Any

from django.contrib.admin import AdminSite
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.functional import Promise

View = Callable[..., HttpResponseBase]
Allowed = Callable[[HttpRequest], bool]


@dataclass(frozen=True, slots=True)
class StaffPage:
    """One page and the ones below it. ``order``: small numbers come first; ``more``: (path, view, name) each."""

    key: str
    title: str | Promise
    order: int
    path: str
    view: View
    allowed: Allowed
    more: Sequence[tuple[str, View, str]] = ()


@dataclass(frozen=True, slots=True)
class StaffLink:
    """A page as the row of links shows it."""

    key: str
    title: str | Promise
    url: str
    is_current: bool


_pages: dict[str, StaffPage] = {}


def staff_page_register(
    *,
    key: str,
    title: str | Promise,
    order: int,
    path: str,
    view: View,
    allowed: Allowed,
    more: Sequence[tuple[str, View, str]] = (),
) -> None:
    """Add a page at ``/admin/<path>`` (``more`` are addresses relative to it) for those who are ``allowed``.

    Everybody else gets a 403, on it and on the pages below. Raises `ValueError` for a key or path that is taken.
    """
    if key in _pages or any(page.path == path for page in _pages.values()):
        raise ValueError(f"there is a page {key!r} or a path {path!r} already")
    _pages[key] = StaffPage(key, title, order, path, view, allowed, more)


def staff_page_urls(site: AdminSite) -> list[URLPattern]:
    """The addresses of all registered pages, behind the administration's own log-in."""
    urls = []
    for page in _pages.values():
        for below, view, name in (("", page.view, page.key), *page.more):
            urls.append(path(f"{page.path}{below}", site.admin_view(_guarded(page, view)), name=name))
    return urls


def staff_links(request: HttpRequest) -> list[StaffLink]:
    """The pages that the user may see, in order. As many queries as the pages' ``allowed`` need."""
    pages = sorted(_pages.values(), key=lambda page: (page.order, page.key))
    links = []
    for page in pages:
        if page.allowed(request):
            url = reverse(f"admin:{page.key}")
            links.append(StaffLink(page.key, page.title, url, request.path.startswith(url)))
    return links


def staff_page(
    request: HttpRequest,
    template: str,
    context: dict[str, Any],
    *,
    site: AdminSite | None = None,
    status: int | None = None,
) -> TemplateResponse:
    """Answer with a page in the administration's frame; ``context`` brings its ``title``."""
    from django.contrib import admin  # noqa: PLC0415 - the site needs apps that are loaded after this module

    site = site or admin.site
    request.current_app = site.name
    return TemplateResponse(request, template, {**site.each_context(request), **context}, status=status)


def _guarded(page: StaffPage, view: View) -> View:
    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not page.allowed(request):
            raise PermissionDenied
        return view(request, *args, **kwargs)

    return guarded
