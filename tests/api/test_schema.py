"""The API's description of itself: valid, without warnings, complete."""

from __future__ import annotations

import json
from typing import Any

import pytest
from drf_spectacular.drainage import GENERATOR_STATS
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.renderers import OpenApiJsonRenderer
from drf_spectacular.validation import validate_schema

METHODS = ("get", "post", "put", "patch", "delete")
WITH_KEY = {
    ("/api/v1/bookings/{reference}/rooms/", "post"),
    ("/api/v1/groups/", "post"),
    ("/api/v1/groups/{group_id}/release/", "post"),
    ("/api/v1/groups/{group_id}/rooming-list/", "post"),
    ("/api/v1/space-bookings/", "post"),
    ("/api/v1/space-bookings/{reference}/approve/", "post"),
    ("/api/v1/space-bookings/{reference}/cancel/", "post"),
    ("/api/v1/space-bookings/{reference}/change/", "post"),
    ("/api/v1/space-bookings/{reference}/check-in/", "post"),
    ("/api/v1/space-bookings/{reference}/decline/", "post"),
    ("/api/v1/space-bookings/{reference}/pay/", "post"),
    ("/api/v1/waitlist/offers/{reference}/accept/", "post"),
    ("/api/v1/waitlist/offers/{reference}/decline/", "post"),
    ("/api/v1/waitlist/{reference}/leave/", "post"),
    ("/api/v1/trips/{reference}/pay/", "post"),
    ("/api/v1/bookings/", "post"),
    ("/api/v1/bookings/{reference}/pay/", "post"),
    ("/api/v1/bookings/{reference}/cancel/", "post"),
    ("/api/v1/bookings/{reference}/change/", "post"),
    ("/api/v1/bookings/{reference}/check-in/", "post"),
    ("/api/v1/bookings/{reference}/check-out/", "post"),
}


@pytest.fixture(scope="module")
def described() -> dict[str, Any]:
    """The document, and what the generator had to complain about."""
    GENERATOR_STATS.reset()
    with GENERATOR_STATS.silence():
        document = SchemaGenerator().get_schema(request=None, public=True)
    complaints = [*map(str, GENERATOR_STATS._warn_cache), *map(str, GENERATOR_STATS._error_cache)]
    GENERATOR_STATS.reset()
    parsed: dict[str, Any] = json.loads(OpenApiJsonRenderer().render(document, renderer_context={}))
    return {"document": parsed, "complaints": complaints}


def operations(document: dict[str, Any]) -> list[tuple[str, str, dict[str, Any]]]:
    return [
        (path, method, operation)
        for path, item in document["paths"].items()
        for method, operation in item.items()
        if method in METHODS
    ]


def test_it_is_valid_and_nothing_was_guessed(described: dict[str, Any]) -> None:
    assert described["complaints"] == []
    validate_schema(described["document"])


def test_every_address_is_described(described: dict[str, Any]) -> None:
    assert sorted((path, method) for path, method, _operation in operations(described["document"])) == sorted(
        [
            ("/api/system/cache-stats", "get"),
            ("/api/v1/reports/", "get"),
            ("/api/v1/reports/{key}/", "get"),
            ("/api/v1/accounts/", "post"),
            ("/api/v1/properties/{slug}/spaces/", "get"),
            ("/api/v1/properties/{slug}/spaces/{space_slug}/free/", "get"),
            ("/api/v1/space-bookings/", "get"),
            ("/api/v1/space-bookings/", "post"),
            ("/api/v1/space-bookings/{reference}/", "get"),
            ("/api/v1/space-bookings/{reference}/approve/", "post"),
            ("/api/v1/space-bookings/{reference}/cancel/", "post"),
            ("/api/v1/space-bookings/{reference}/change/", "post"),
            ("/api/v1/space-bookings/{reference}/check-in/", "post"),
            ("/api/v1/space-bookings/{reference}/decline/", "post"),
            ("/api/v1/space-bookings/{reference}/pay/", "post"),
            ("/api/v1/spaces/quotes/", "post"),
            ("/api/v1/spaces/{space_id}/calendar-feed/", "get"),
            ("/api/v1/spaces/{space_id}/calendar-feed/", "post"),
            ("/api/v1/properties/{slug}/reviews/", "get"),
            ("/api/v1/bookings/{reference}/review/", "get"),
            ("/api/v1/bookings/{reference}/review/", "post"),
            ("/api/v1/bookings/{reference}/review/", "put"),
            ("/api/v1/bookings/{reference}/review/", "delete"),
            ("/api/v1/reviews/", "get"),
            ("/api/v1/reviews/{review_id}/moderate/", "post"),
            ("/api/v1/reviews/{review_id}/reply/", "put"),
            ("/api/v1/reviews/{review_id}/report/", "post"),
            ("/api/v1/trips/", "get"),
            ("/api/v1/trips/", "post"),
            ("/api/v1/trips/{reference}/", "get"),
            ("/api/v1/trips/{reference}/", "patch"),
            ("/api/v1/trips/{reference}/", "delete"),
            ("/api/v1/trips/{reference}/bookings/{booking}/", "put"),
            ("/api/v1/trips/{reference}/bookings/{booking}/", "delete"),
            ("/api/v1/trips/{reference}/share/", "put"),
            ("/api/v1/trips/{reference}/share/", "delete"),
            ("/api/v1/trips/{reference}/calendar/", "put"),
            ("/api/v1/trips/{reference}/calendar/", "delete"),
            ("/api/v1/trips/{reference}/pay/", "post"),
            ("/api/v1/accounts/me/", "get"),
            ("/api/v1/accounts/me/", "patch"),
            ("/api/v1/auth/token/", "delete"),
            ("/api/v1/auth/token/", "post"),
            ("/api/v1/auth/tokens/", "delete"),
            ("/api/v1/auth/tokens/", "get"),
            ("/api/v1/auth/tokens/{token_id}/", "delete"),
            ("/api/v1/availability/batch/", "post"),
            ("/api/v1/bookings/", "get"),
            ("/api/v1/bookings/", "post"),
            ("/api/v1/bookings/lookup/", "post"),
            ("/api/v1/bookings/{reference}/", "get"),
            ("/api/v1/bookings/{reference}/calendar.ics", "get"),
            ("/api/v1/bookings/{reference}/cancel/", "post"),
            ("/api/v1/bookings/{reference}/cancellation/", "get"),
            ("/api/v1/bookings/{reference}/change/", "post"),
            ("/api/v1/bookings/{reference}/change/preview/", "post"),
            ("/api/v1/bookings/{reference}/changes/", "get"),
            ("/api/v1/bookings/{reference}/check-in/", "post"),
            ("/api/v1/bookings/{reference}/check-out/", "post"),
            ("/api/v1/bookings/{reference}/confirm/", "post"),
            ("/api/v1/bookings/{reference}/guest/", "patch"),
            ("/api/v1/bookings/{reference}/pay/", "post"),
            ("/api/v1/bookings/{reference}/payments/", "get"),
            ("/api/v1/bookings/{reference}/invoices/", "get"),
            ("/api/v1/bookings/{reference}/invoices/{number}/pdf/", "get"),
            ("/api/v1/bookings/{reference}/rooms/", "get"),
            ("/api/v1/bookings/{reference}/rooms/", "post"),
            ("/api/v1/bookings/{reference}/rooms/free/", "get"),
            ("/api/v1/bookings/{reference}/rooms/{room_index}/", "delete"),
            ("/api/v1/properties/{slug}/housekeeping/", "get"),
            ("/api/v1/rooms/{room_id}/housekeeping/", "patch"),
            ("/api/v1/groups/", "get"),
            ("/api/v1/groups/", "post"),
            ("/api/v1/groups/{group_id}/", "get"),
            ("/api/v1/groups/{group_id}/", "put"),
            ("/api/v1/groups/{group_id}/blocks/", "put"),
            ("/api/v1/groups/{group_id}/release/", "post"),
            ("/api/v1/groups/{group_id}/rooming-list/", "get"),
            ("/api/v1/groups/{group_id}/rooming-list/", "post"),
            ("/api/v1/notifications/", "get"),
            ("/api/v1/notifications/preferences/", "get"),
            ("/api/v1/notifications/preferences/", "patch"),
            ("/api/v1/notifications/read-all/", "post"),
            ("/api/v1/notifications/unread-count/", "get"),
            ("/api/v1/notifications/{notification_id}/read/", "post"),
            ("/api/v1/calendar-conflicts/", "get"),
            ("/api/v1/calendar-conflicts/{conflict_id}/resolve/", "post"),
            ("/api/v1/external-calendars/", "get"),
            ("/api/v1/external-calendars/", "post"),
            ("/api/v1/external-calendars/{calendar_id}/", "delete"),
            ("/api/v1/external-calendars/{calendar_id}/", "get"),
            ("/api/v1/external-calendars/{calendar_id}/", "put"),
            ("/api/v1/external-calendars/{calendar_id}/accept/", "post"),
            ("/api/v1/external-calendars/{calendar_id}/fetch/", "post"),
            ("/api/v1/room-types/{room_type_id}/calendar-feed/", "get"),
            ("/api/v1/room-types/{room_type_id}/calendar-feed/", "post"),
            ("/api/v1/payments/events/{gateway}/", "post"),
            ("/api/v1/properties/", "get"),
            ("/api/v1/properties/{slug}/", "get"),
            ("/api/v1/properties/{slug}/availability/", "get"),
            ("/api/v1/properties/{slug}/calendar/", "get"),
            ("/api/v1/properties/{slug}/rate-plans/", "get"),
            ("/api/v1/properties/{slug}/room-types/", "get"),
            ("/api/v1/quotes/", "post"),
            ("/api/v1/search/", "get"),
            ("/api/v1/events/", "get"),
            ("/api/v1/webhooks/endpoints/", "get"),
            ("/api/v1/webhooks/endpoints/", "post"),
            ("/api/v1/webhooks/endpoints/{endpoint_id}/", "delete"),
            ("/api/v1/webhooks/endpoints/{endpoint_id}/", "get"),
            ("/api/v1/webhooks/endpoints/{endpoint_id}/", "patch"),
            ("/api/v1/webhooks/endpoints/{endpoint_id}/deliveries/", "get"),
            ("/api/v1/webhooks/endpoints/{endpoint_id}/deliveries/{delivery_id}/", "get"),
            ("/api/v1/webhooks/endpoints/{endpoint_id}/deliveries/{delivery_id}/resend/", "post"),
            ("/api/v1/webhooks/endpoints/{endpoint_id}/resend/", "post"),
            ("/api/v1/webhooks/endpoints/{endpoint_id}/secret/", "post"),
            ("/api/v1/webhooks/endpoints/{endpoint_id}/test/", "post"),
            ("/api/v1/price-alerts/", "get"),
            ("/api/v1/price-alerts/", "post"),
            ("/api/v1/price-alerts/{reference}/", "delete"),
            ("/api/v1/price-alerts/{reference}/", "get"),
            ("/api/v1/price-alerts/{reference}/", "patch"),
            ("/api/v1/properties/{slug}/room-types/{room_type_id}/price-history/", "get"),
            ("/api/v1/waitlist/", "get"),
            ("/api/v1/waitlist/", "post"),
            ("/api/v1/waitlist/offers/{reference}/", "get"),
            ("/api/v1/waitlist/offers/{reference}/accept/", "post"),
            ("/api/v1/waitlist/offers/{reference}/decline/", "post"),
            ("/api/v1/waitlist/{reference}/", "get"),
            ("/api/v1/waitlist/{reference}/leave/", "post"),
        ]
    )


def test_every_operation_says_what_it_does_and_shows_it(described: dict[str, Any]) -> None:
    for path, method, operation in operations(described["document"]):
        where = f"{method} {path}"
        assert operation["summary"], where
        assert operation["description"], where
        assert operation["tags"], where
        for media in operation.get("requestBody", {}).get("content", {}).values():
            assert media["examples"], where
        for status, response in operation["responses"].items():
            for media in response.get("content", {}).values():
                assert media.get("examples"), f"{where} {status}"


def test_every_operation_says_how_it_fails(described: dict[str, Any]) -> None:
    for path, method, operation in operations(described["document"]):
        failures = {status for status in operation["responses"] if int(status) >= 400}
        assert {"400", "503"} <= failures, f"{method} {path}"
        for status in failures:
            assert list(operation["responses"][status]["content"]) == ["application/problem+json"], path


def test_what_moves_money_or_rooms_asks_for_a_key(described: dict[str, Any]) -> None:
    asking = {
        (path, method)
        for path, method, operation in operations(described["document"])
        if any(parameter["name"] == "Idempotency-Key" for parameter in operation.get("parameters", ()))
    }

    assert asking == WITH_KEY


def test_money_is_one_component(described: dict[str, Any]) -> None:
    components = described["document"]["components"]["schemas"]

    assert sorted(components["Money"]["properties"]) == ["amount", "currency"]
    for name in ("Quoted", "HeldBooking", "BookingDetails", "Payment"):
        amount = "amount" if name == "Payment" else "total"
        described_amount = components[name]["properties"][amount]
        assert described_amount["allOf"] == [{"$ref": "#/components/schemas/Money"}]
