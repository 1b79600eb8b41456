"""Requests as a program sends them."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from django.http import HttpResponse
from rest_framework.test import APIClient

from accounts.models import User
from bookings.models import Booking
from inventory.models import RoomInventory
from tests.factories.inventory import Hotel

V1 = "/api/v1/"
PROBLEM_MEMBERS = {
    "type",
    "title",
    "status",
    "detail",
    "instance",
    "code",
    "errors",
    "timestamp",
    "request_id",
}
GUEST = {"name": "Ada Lovelace", "email": "ada@example.com", "phone": "+442079460018", "country": "GB"}


def client(user: User | None = None, token: str = "") -> APIClient:
    """A program of a user's, or one that has a booking's access token."""
    headers = {"X-Booking-Token": token} if token else {}
    api = APIClient(raise_request_exception=False, headers=headers)
    if user is not None:
        api.force_authenticate(user)
    return api


def euros(amount: str) -> dict[str, str]:
    return {"amount": amount, "currency": "EUR"}


def stay_body(house: Hotel, **more: Any) -> dict[str, Any]:
    """Two adults for two nights."""
    stay = house.stay()
    return {
        "room_type": house.room_type.pk,
        "rate_plan": house.plan.pk,
        "arrival": stay.arrival.isoformat(),
        "departure": stay.departure.isoformat(),
        "adults": 2,
        **more,
    }


def booking_body(house: Hotel, **more: Any) -> dict[str, Any]:
    """Two adults for two nights at 200 euros."""
    return stay_body(house, expected_total=euros("200.00"), guest=GUEST, **more)


def post(api: APIClient, path: str, body: Any = None, *, key: str | None = None) -> Any:
    """Post JSON below `/api/v1/`, with an idempotency key of its own unless told."""
    headers = {"Idempotency-Key": key or str(uuid4())}
    return api.post(V1 + path, body, format="json", headers=headers)


def booked(api: APIClient, house: Hotel, **more: Any) -> dict[str, Any]:
    """Book, and return what the answer says."""
    answer = post(api, "bookings/", booking_body(house, **more))
    assert answer.status_code == 201, answer.json()
    document: dict[str, Any] = answer.json()
    return document


def problem(answer: HttpResponse, status: int, code: str) -> dict[str, Any]:
    """The problem document of a refusal, after having looked at its form."""
    document: dict[str, Any] = answer.json()  # type: ignore[attr-defined]
    assert (answer.status_code, document.get("code")) == (status, code), document
    assert answer["Content-Type"] == "application/problem+json"
    assert set(document) - {"data"} == PROBLEM_MEMBERS
    assert document["status"] == status
    assert document["type"] == f"urn:vacancy:problem:{code}"
    return document


def fields(document: dict[str, Any]) -> list[str | None]:
    """The inputs that a problem names."""
    return [error["field"] for error in document["errors"]]


def state() -> tuple[Any, ...]:
    """What bookings and nights say, to be compared after something that must not have changed anything."""
    bookings = Booking.objects.order_by("pk").values_list(
        "reference", "status", "version", "guest_name", "guest_phone", "folio__payments__status"
    )
    nights = RoomInventory.objects.order_by("pk").values_list("pk", "held", "sold", "blocked")
    return tuple(bookings), tuple(nights)
