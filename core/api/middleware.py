"""What holds for every request below `/api/`, whether or not it reached an API view."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from core.api.problems import is_api_request, problem_for_status, problem_response
from core.api.throttling import RateLimit, client_address, rate_limit_hit

KEPT_HEADERS = ("Allow", "Retry-After", "WWW-Authenticate", "Vary")


class ApiProblemMiddleware:
    """Errors that are not problem documents become some; every response says where its client stands.

    A refusal that came before the view counted the request (an unknown address, a bad token) is counted here, per
    address: otherwise tokens could be guessed without limit.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if not is_api_request(request):
            return response
        if response.status_code >= 400 and "json" not in response.get("Content-Type", ""):
            response = self._as_problem(request, response)
        rate_limit: RateLimit | None = getattr(request, "rate_limit", None)
        if rate_limit is None and 400 <= response.status_code < 500:
            rate_limit = rate_limit_hit("client", f"address:{client_address(request)}")
            if rate_limit is not None and rate_limit.is_exceeded:
                response = problem_response(request, problem_for_status(429))
        if rate_limit is not None:
            for name, value in rate_limit.headers().items():
                response[name] = value
        if not response.has_header(
            "Cache-Control"
        ):  # what is not said to be for everybody is for nobody else
            response["Cache-Control"] = "private, no-store"
        return response

    @staticmethod
    def _as_problem(request: HttpRequest, response: HttpResponse) -> HttpResponse:
        problem = problem_for_status(response.status_code)
        problem.headers = {name: response[name] for name in KEPT_HEADERS if name in response}
        return problem_response(request, problem)
