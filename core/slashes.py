"""Addresses written without their final slash."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponsePermanentRedirect
from django.http.response import HttpResponseBase
from django.middleware.common import CommonMiddleware
from django.utils.http import escape_leading_slashes

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


class SlashMiddleware(CommonMiddleware):
    """Leads on what writes, with its method and its body (308); Django alone would make a GET of it, and lose both."""

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        """Send on what has found nothing and would find something with a slash."""
        if (
            response.status_code == 404
            and request.method not in SAFE_METHODS
            and self.should_redirect_with_slash(request)
        ):
            path = escape_leading_slashes(request.get_full_path(force_append_slash=True))
            return HttpResponsePermanentRedirect(path, preserve_request=True)
        answer: HttpResponseBase = super().process_response(request, response)
        return answer
