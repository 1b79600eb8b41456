"""Every error of the API is a problem document (RFC 9457), whoever raised it, and none shows a trace.

{"type": "urn:vacancy:problem:sold_out", "title": "Conflict", "status": 409, "detail": "…", "instance": "/api/v1/…",
"code": "sold_out", "errors": [{"field": "arrival", "code": "…", "message": "…"}], "data": {…},
"timestamp": "2026-11-20T12:00:00Z", "request_id": "…"}
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

from django.core.exceptions import PermissionDenied as DjangoPermissionDenied
from django.core.exceptions import RequestDataTooBig, SuspiciousOperation
from django.core.exceptions import ValidationError as DjangoValidationError
from django.core.signals import got_request_exception
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views import defaults
from django.views.csrf import csrf_failure as django_csrf_failure
from rest_framework import exceptions as drf
from rest_framework.response import Response

from core.exceptions import DomainError, NotFound, PermissionDenied, Unavailable, unavailable_from
from core.observability.middleware import request_id_of

PROBLEM_CONTENT_TYPE = "application/problem+json"
API_PREFIX = "/api/"
PAGES: tuple[tuple[type[DomainError], str], ...] = (
    (NotFound, "404.html"),
    (PermissionDenied, "403.html"),
    (Unavailable, "503.html"),
)
NON_FIELD_KEYS = frozenset({"non_field_errors", "detail", "__all__"})


@dataclass(slots=True)
class Problem:
    """What went wrong, before it is tied to a request."""

    status: int
    code: str
    detail: str
    errors: list[dict[str, str | None]] = field(default_factory=list)
    data: dict[str, Any] = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)

    def document(self, request: HttpRequest) -> dict[str, Any]:
        """The document for this request."""
        document: dict[str, Any] = {
            "type": f"urn:vacancy:problem:{self.code}",
            "title": HTTPStatus(self.status).phrase,
            "status": self.status,
            "detail": self.detail,
            "instance": request.path,
            "code": self.code,
            "errors": self.errors,
            "timestamp": timezone.now().isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            "request_id": request_id_of(request),
        }
        if self.data:
            document["data"] = self.data
        return document


def problem_exception_handler(error: Exception, context: dict[str, Any]) -> Response:
    """REST framework's `EXCEPTION_HANDLER`."""
    request: HttpRequest = context["request"]._request
    problem = problem_from(error)
    if problem is None:
        # Logs the trace with the request's id, and lets the test client raise it.
        got_request_exception.send(sender=context["view"].__class__, request=request)
        problem = problem_for_status(500)
    return Response(
        problem.document(request),
        status=problem.status,
        headers=problem.headers,
        content_type=PROBLEM_CONTENT_TYPE,
    )


def problem_response(request: HttpRequest, problem: Problem) -> HttpResponse:
    """The problem as a plain Django response, for what happens outside of API views."""
    return JsonResponse(
        problem.document(request),
        status=problem.status,
        headers=problem.headers,
        content_type=PROBLEM_CONTENT_TYPE,
    )


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Django's `CSRF_FAILURE_VIEW`: a problem below the API, the usual page elsewhere."""
    if not is_api_request(request):
        return django_csrf_failure(request, reason=reason)
    return problem_response(
        request,
        Problem(403, "csrf_failed", _("The request did not come with a valid CSRF token. Use an API token.")),
    )


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """`handler400` of the root addresses: a problem below the API, Django's page elsewhere."""
    return _error_response(request, 400) or defaults.bad_request(request, exception)


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    """`handler403` of the root addresses."""
    return _error_response(request, 403) or defaults.permission_denied(request, exception)


def page_not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """`handler404` of the root addresses. No page is rendered for programs that guess addresses."""
    return _error_response(request, 404) or defaults.page_not_found(request, exception)


def server_error(request: HttpRequest) -> HttpResponse:
    """`handler500` of the root addresses. A database that cannot be had before any view is called gives a 503."""
    error = sys.exception()
    unavailable = unavailable_from(error) if error else None
    if unavailable is None:
        return _error_response(request, 500) or defaults.server_error(request)
    if is_api_request(request):
        return problem_response(request, _from_domain(unavailable))
    return refusal_page(request, unavailable)


def refusal_page(request: HttpRequest, error: DomainError) -> HttpResponse:
    """A refusal as a page for people, with its status and Retry-After. No query."""
    template = next((page for kind, page in PAGES if isinstance(error, kind)), "409.html")
    response = render(request, template, {"error": error}, status=error.http_status)
    if error.retry_after is not None:
        response["Retry-After"] = str(error.retry_after)
    return response


def _error_response(request: HttpRequest, status: int) -> HttpResponse | None:
    return problem_response(request, problem_for_status(status)) if is_api_request(request) else None


def is_api_request(request: HttpRequest) -> bool:
    """Whether the request goes to the API."""
    return request.path_info.startswith(API_PREFIX)


def problem_from(error: Exception) -> Problem | None:
    """The problem that an error means; None for a defect of ours."""
    if isinstance(error, DomainError):
        return _from_domain(error)
    if isinstance(error, drf.APIException):
        return _from_rest_framework(error)
    if isinstance(error, Http404):
        return problem_for_status(404)
    if isinstance(error, RequestDataTooBig):
        return problem_for_status(413)
    if isinstance(error, SuspiciousOperation):
        return problem_for_status(400)
    if isinstance(error, DjangoPermissionDenied):
        return problem_for_status(403)
    if isinstance(error, DjangoValidationError):
        return Problem(422, "invalid", _("Some of the details are not valid."), errors=_django_errors(error))
    domain_error = unavailable_from(error)
    return _from_domain(domain_error) if domain_error else None


def problem_for_status(status: int) -> Problem:
    """The problem for a status that came without an explanation."""
    texts = {
        400: ("bad_request", _("The request could not be read.")),
        403: ("permission_denied", _("You may not do this.")),
        404: ("not_found", _("There is nothing at this address.")),
        405: ("method_not_allowed", _("This address does not take this method.")),
        413: ("body_too_large", _("The request is larger than we read.")),
        429: ("rate_limited", _("Too many requests. Please wait a moment.")),
        500: (
            "internal_error",
            _("Something went wrong on our side. It has been recorded under this request id."),
        ),
        503: ("unavailable", _("This is not available right now. Please try again in a moment.")),
    }
    code, detail = texts.get(status, (HTTPStatus(status).name.lower(), HTTPStatus(status).description))
    return Problem(status, code, detail)


def _from_domain(error: DomainError) -> Problem:
    message = str(error.message)
    errors: list[dict[str, str | None]] = []
    if error.field:
        errors.append({"field": error.field, "code": error.code, "message": message})
    headers = {} if error.retry_after is None else {"Retry-After": str(error.retry_after)}
    return Problem(error.http_status, error.code, message, errors=errors, data=error.data, headers=headers)


def _from_rest_framework(error: drf.APIException) -> Problem:
    headers: dict[str, str] = {}
    if auth_header := getattr(error, "auth_header", None):
        headers["WWW-Authenticate"] = auth_header
    if isinstance(error, drf.Throttled):
        headers["Retry-After"] = str(max(1, int(getattr(error, "wait", None) or 1)))
        return Problem(429, "rate_limited", _("Too many requests. Please wait a moment."), headers=headers)
    if isinstance(error, drf.ValidationError):
        errors = list(_flatten(error.detail))
        return Problem(400, "validation_failed", _("Some of the details are not valid."), errors=errors)
    detail = error.detail
    if isinstance(detail, drf.ErrorDetail):
        return Problem(error.status_code, str(detail.code), str(detail), headers=headers)
    errors = list(_flatten(detail))
    text = next((item["message"] for item in errors if item["message"]), None)
    code = str(error.default_code)
    return Problem(
        error.status_code, code, text or problem_for_status(error.status_code).detail, headers=headers
    )


def _flatten(detail: Any, path: str = "") -> Iterator[dict[str, str | None]]:
    """REST framework's nested details as a list; `guests.0.age` names the age of the first guest."""
    if isinstance(detail, dict):
        for name, inner in detail.items():
            yield from _flatten(inner, path if name in NON_FIELD_KEYS else f"{path}.{name}".lstrip("."))
    elif isinstance(detail, list):
        for index, inner in enumerate(detail):
            is_text = isinstance(inner, str)
            yield from _flatten(inner, path if is_text else f"{path}.{index}".lstrip("."))
    else:
        code = getattr(detail, "code", None)
        yield {"field": path or None, "code": str(code or "invalid"), "message": str(detail)}


def _django_errors(error: DjangoValidationError) -> list[dict[str, str | None]]:
    by_field = error.error_dict if hasattr(error, "error_dict") else {"__all__": error.error_list}
    return [
        {
            "field": None if name in NON_FIELD_KEYS else name,
            "code": str(inner.code or "invalid"),
            "message": " ".join(inner.messages),
        }
        for name, inners in by_field.items()
        for inner in inners
    ]
