"""What the API says about itself: its index, its description, and a page to try it."""

from __future__ import annotations

from threading import Lock

from csp.constants import SELF, UNSAFE_INLINE
from csp.decorators import csp_update
from django.urls import reverse
from django.utils.decorators import method_decorator
from drf_spectacular.utils import extend_schema
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

_one_at_a_time = Lock()

LINKS = {
    "documentation": "api:docs",
    "description": "api:schema",
    "properties": "api:property-list",
    "search": "api:search",
    "availability_batch": "api:availability-batch",
    "quotes": "api:quote",
    "bookings": "api:booking-list",
    "waitlist": "api:waitlist",
    "booking_lookup": "api:booking-lookup",
    "accounts": "api:account-list",
    "account": "api:account-me",
    "token": "api:token",
    "tokens": "api:token-list",
}


class IndexView(APIView):
    """Where everything begins."""

    @extend_schema(exclude=True)
    def get(self, request: Request) -> Response:
        return Response({name: request.build_absolute_uri(reverse(view)) for name, view in LINKS.items()})


class SchemaView(SpectacularAPIView):
    """The description, made by one thread at a time: drf-spectacular loads its extensions when they are first used.

    Two threads that do so at once in a process that has just started meet an AttributeError.
    """

    def _get_schema_response(self, request: Request) -> Response:
        with _one_at_a_time:
            answer: Response = super()._get_schema_response(request)
        return answer


@method_decorator(csp_update({"style-src": [SELF, UNSAFE_INLINE]}), name="dispatch")
class DocsView(SpectacularSwaggerSplitView):
    """The page to try the API. Its viewer sets inline styles, so this page alone allows them; scripts it does not."""
