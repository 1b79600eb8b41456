"""What all views of bookings share: their answers are for one reader and are kept by nobody on the way."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import OpenApiParameter
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from bookings.api.access import TOKEN_HEADER

REFERENCE_PARAMETER = OpenApiParameter(
    "reference", str, OpenApiParameter.PATH, description="The booking's reference, in any spelling."
)
TOKEN_PARAMETER = OpenApiParameter(
    TOKEN_HEADER,
    str,
    OpenApiParameter.HEADER,
    description="The booking's access token, for who is not logged in.",
)
ONE_BOOKING = [REFERENCE_PARAMETER, TOKEN_PARAMETER]


class PrivateView(APIView):
    """A view whose answers are never stored."""

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Response:
        final = super().finalize_response(request, response, *args, **kwargs)
        final["Cache-Control"] = "private, no-store"
        return final
