"""The API description says of every operation how it can fail, and which header makes it happen once."""

from __future__ import annotations

from typing import Any

from drf_spectacular.openapi import AutoSchema
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import Direction, OpenApiExample, OpenApiParameter, OpenApiResponse
from rest_framework import serializers
from rest_framework.permissions import AllowAny

from core.api.idempotency import HEADER, KEY_MAX_LENGTH, KEY_MIN_LENGTH, REPLAYED_HEADER
from core.api.problems import PROBLEM_CONTENT_TYPE

UNSAFE_METHODS = ("POST", "PUT", "PATCH", "DELETE")


class ProblemErrorSerializer(serializers.Serializer):
    """One wrong input."""

    field = serializers.CharField(
        allow_null=True, help_text="Dotted path of the input; null for the whole request."
    )
    code = serializers.CharField()
    message = serializers.CharField()


class ProblemSerializer(serializers.Serializer):
    """A problem document (RFC 9457)."""

    type = serializers.CharField(help_text="A name for the kind of problem; made from the code.")
    title = serializers.CharField()
    status = serializers.IntegerField()
    detail = serializers.CharField(help_text="For people, in the language of the request.")
    instance = serializers.CharField()
    code = serializers.CharField(help_text="For programs; stable.")
    errors = ProblemErrorSerializer(many=True)  # type: ignore[assignment]  # the name is a property of the base
    data = serializers.DictField(  # type: ignore[assignment]
        required=False, help_text="What a program may want to know, by code."
    )
    timestamp = serializers.DateTimeField()
    request_id = serializers.CharField(help_text="Name it when you ask for help.")


_EXAMPLES: dict[int, tuple[str, str, str, list[dict[str, str | None]]]] = {
    400: (
        "Bad Request",
        "validation_failed",
        "Some of the details are not valid.",
        [{"field": "arrival", "code": "invalid", "message": "Date has wrong format."}],
    ),
    401: ("Unauthorized", "not_authenticated", "Authentication credentials were not provided.", []),
    403: ("Forbidden", "permission_denied", "You may not do this.", []),
    404: ("Not Found", "not_found", "There is nothing at this address.", []),
    409: ("Conflict", "conflict", "Somebody else changed this in the meantime. Please look again.", []),
    422: (
        "Unprocessable Entity",
        "invalid_stay",
        "The departure must be after the arrival.",
        [
            {
                "field": "departure",
                "code": "invalid_stay",
                "message": "The departure must be after the arrival.",
            }
        ],
    ),
    429: ("Too Many Requests", "rate_limited", "Too many requests. Please wait a moment.", []),
    503: ("Service Unavailable", "busy", "Many people are booking at this moment. Please try again.", []),
}

_DESCRIPTIONS = {
    400: "The request cannot be read or lacks something.",
    401: "Nobody is logged in, or the token is not valid.",
    403: "The actor may not do this.",
    404: "It does not exist, or is not the actor's to see.",
    409: "The state of things does not allow it, or no longer.",
    422: "The request can be read and asks for something impossible.",
    429: "Too many requests; see Retry-After.",
    503: "It would work later; see Retry-After.",
}


def problem_example(status: int, path: str) -> dict[str, Any]:
    """An example document for a status."""
    title, code, detail, errors = _EXAMPLES[status]
    return {
        "type": f"urn:vacancy:problem:{code}",
        "title": title,
        "status": status,
        "detail": detail,
        "instance": path,
        "code": code,
        "errors": errors,
        "timestamp": "2026-11-20T12:00:00.000Z",
        "request_id": "0f3f0b7e6d9c4b0f8d5a6f1f2c3b4a59",
    }


class ProblemAutoSchema(AutoSchema):
    """Adds the problem responses to every operation, and the idempotency header where the view requires it.

    A view says `idempotency_required = ("post",)`. 405 is not listed: an operation that is described takes its method.
    """

    def get_override_parameters(self) -> list[Any]:
        parameters = super().get_override_parameters()
        if self.method.lower() not in getattr(self.view, "idempotency_required", ()):
            return parameters
        return [
            *parameters,
            OpenApiParameter(
                HEADER,
                {"type": "string", "minLength": KEY_MIN_LENGTH, "maxLength": KEY_MAX_LENGTH},
                OpenApiParameter.HEADER,
                required=True,
                description="A random value of your own. The same value with the same request gets the same answer.",
                examples=[OpenApiExample("A UUID", value="0d5b9a52-6f0e-4d3c-9f1e-6a3b8f8a0f11")],
            ),
            OpenApiParameter(
                REPLAYED_HEADER,
                OpenApiTypes.BOOL,
                OpenApiParameter.HEADER,
                response=[200, 201, 202],
                description="true if this is the answer of an earlier request with the same key.",
            ),
        ]

    def _get_response_bodies(self, direction: Direction = "response") -> dict[str, Any]:
        bodies: dict[str, Any] = super()._get_response_bodies(direction)
        if direction != "response":
            return bodies
        for status in self._problem_statuses():
            if str(status) not in bodies:
                bodies[str(status)] = self._problem_body(status)
        return dict(sorted(bodies.items()))

    def _get_response_for_code(
        self,
        serializer: Any,
        status_code: Any,
        media_types: list[str] | None = None,
        direction: Direction = "response",
    ) -> dict[str, Any]:
        """Refusals that an operation describes itself are problem documents like all others."""
        if media_types is None and direction == "response" and str(status_code) >= "400":
            media_types = [PROBLEM_CONTENT_TYPE]
        body: dict[str, Any] = super()._get_response_for_code(serializer, status_code, media_types, direction)
        return body

    def _problem_statuses(self) -> list[int]:
        unsafe = self.method in UNSAFE_METHODS
        restricted = any(not isinstance(permission, AllowAny) for permission in self.view.get_permissions())
        statuses = [400, 503]
        if self.view.get_authenticators():
            statuses.append(401)
        if restricted or unsafe:
            statuses.append(403)
        if "{" in self.path:
            statuses.append(404)
        if unsafe:
            statuses += [409, 422]
        if self.view.get_throttles():
            statuses.append(429)
        return sorted(statuses)

    def _problem_body(self, status: int) -> dict[str, Any]:
        response = OpenApiResponse(
            ProblemSerializer,
            description=_DESCRIPTIONS[status],
            examples=[OpenApiExample(_EXAMPLES[status][1], value=problem_example(status, self.path))],
        )
        body: dict[str, Any] = self._get_response_for_code(response, str(status), [PROBLEM_CONTENT_TYPE])
        if status in (429, 503):
            retry_after = {"schema": {"type": "integer"}, "description": "Seconds to wait."}
            body.setdefault("headers", {})["Retry-After"] = retry_after
        return body
