"""A refusal on a page: what an API answers as a problem document, people get as a page worth reading."""

from __future__ import annotations

from collections.abc import Callable

import structlog
from django.http import HttpRequest, HttpResponse

from core.api.problems import is_api_request, refusal_page
from core.exceptions import DomainError, unavailable_from

logger = structlog.get_logger(__name__)


class DomainErrorPageMiddleware:
    """Turns the domain errors that a view let through into their pages, with their status and Retry-After.

    So it does with a database that is away, or gave no connection in time.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if is_api_request(request):
            return None
        error = exception if isinstance(exception, DomainError) else unavailable_from(exception)
        if error is None:
            return None
        if error is not exception:
            logger.error("database_refused", code=error.code, exc_info=exception)
        return refusal_page(request, error)
