"""A refusal on a page: what an API answers as a problem document, people get as a page worth reading."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from core.api.problems import is_api_request
from core.exceptions import DomainError, NotFound, PermissionDenied, Unavailable

PAGES: tuple[tuple[type[DomainError], str], ...] = (
    (NotFound, "404.html"),
    (PermissionDenied, "403.html"),
    (Unavailable, "503.html"),
)


class DomainErrorPageMiddleware:
    """Turns the domain errors that a view let through into their pages, with their status and Retry-After."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if not isinstance(exception, DomainError) or is_api_request(request):
            return None
        template = next((page for kind, page in PAGES if isinstance(exception, kind)), "409.html")
        response = render(request, template, {"error": exception}, status=exception.http_status)
        if exception.retry_after is not None:
            response["Retry-After"] = str(exception.retry_after)
        return response
