"""Programs say which version of a booking they have read, and overwrite nobody who was faster."""

from __future__ import annotations

from typing import Any

import pytest

from bookings.models import Booking
from tests.api.asking import V1, client, problem, state
from tests.factories.accounts import StaffFactory
from tests.factories.bookings import held
from tests.factories.inventory import Hotel

pytestmark = pytest.mark.django_db

PAY = {"gateway": "sandbox", "purpose": "total"}


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [("confirm/", None, "confirmed"), ("cancel/", {}, "cancelled"), ("pay/", PAY, "confirmed")],
)
def test_a_write_for_another_version_changes_nothing(
    house: Hotel, path: str, body: dict[str, Any] | None, status: str
) -> None:
    booking = held(house).booking
    api, address = client(StaffFactory(property=house.property)), f"{V1}bookings/{booking.reference}/"

    def write(tag: str, key: str) -> Any:
        headers = {"Idempotency-Key": key * 20, "If-Match": tag}
        return api.post(f"{address}{path}", body, format="json", headers=headers)

    read = api.get(address)["ETag"]
    Booking.objects.filter(pk=booking.pk).update(version=booking.version + 1)
    before = state()

    stale = problem(write(read, "a"), 409, "version_conflict")
    assert "Status" in [change["label"] for change in stale["data"]["changes"]]
    problem(write("latest", "b"), 400, "version_invalid")
    assert state() == before

    assert write(api.get(address)["ETag"], "a").status_code == 200
    booking.refresh_from_db()
    assert booking.status == status
