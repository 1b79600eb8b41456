"""Who may see and do what: every refusal changes nothing, and a foreign booking looks like one that is not there."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from rest_framework.test import APIClient

from accounts.models import User
from bookings.models import Booking
from core.cache.stats import stats
from tests.api.asking import V1, booked, client, post, problem, state
from tests.factories.accounts import StaffFactory, SuperuserFactory, UserFactory
from tests.factories.bookings import held
from tests.factories.inventory import Hotel, hotel

pytestmark = pytest.mark.django_db

Ask = Callable[[APIClient, str], Any]
ASKED: dict[str, Ask] = {
    "read": lambda api, path: api.get(V1 + path),
    "payments": lambda api, path: api.get(f"{V1}{path}payments/"),
    "preview": lambda api, path: api.get(f"{V1}{path}cancellation/"),
    "calendar": lambda api, path: api.get(f"{V1}{path}calendar.ics"),
    "guest": lambda api, path: api.patch(f"{V1}{path}guest/", {"version": 0, "name": "Eve"}),
    "confirm": lambda api, path: post(api, f"{path}confirm/"),
    "pay": lambda api, path: post(api, f"{path}pay/", {"gateway": "sandbox", "purpose": "total"}),
    "cancel": lambda api, path: post(api, f"{path}cancel/", {}),
}
READS = ("read", "payments", "preview", "calendar")


@pytest.fixture
def booking(house: Hotel) -> Booking:
    """Ada's."""
    return held(house, user=UserFactory()).booking


@pytest.fixture
def strangers(booking: Booking) -> dict[str, APIClient]:
    """Everybody who has nothing to do with Ada's booking."""
    other = hotel()
    someone = booked(client(), other)
    return {
        "anonymous": client(),
        "guest B": client(UserFactory()),
        "foreign token": client(token=someone["access_token"]),
        "broken token": client(token="x" * 43),
        "staff of another house": client(StaffFactory(property=other.property)),
        "staff of no house": client(StaffFactory()),
        "former staff": client(_dismissed(booking)),
    }


def _dismissed(booking: Booking) -> User:
    user = StaffFactory(property=booking.property)
    user.is_staff = False
    user.save()
    return user


@pytest.mark.parametrize("what", ASKED)
def test_strangers_find_nothing(booking: Booking, strangers: dict[str, APIClient], what: str) -> None:
    before = state()
    nowhere = ASKED[what](client(), "bookings/ZZZZZZZZ/").json()

    for who, api in strangers.items():
        document = problem(ASKED[what](api, f"bookings/{booking.reference}/"), 404, "booking_not_found")
        assert document["detail"] == nowhere["detail"], who
    assert state() == before


@pytest.mark.parametrize(
    ("role", "allowed"),
    [
        ("front_desk", {"guest", "confirm", "pay", "cancel"}),
        ("manager", {"guest", "confirm", "pay", "cancel"}),
        ("finance", {"pay"}),
    ],
)
@pytest.mark.parametrize("what", ASKED)
def test_staff_do_what_their_role_may(booking: Booking, role: str, allowed: set[str], what: str) -> None:
    api = client(StaffFactory(property=booking.property, role=role))
    before = state()

    answer = ASKED[what](api, f"bookings/{booking.reference}/")

    if what in READS or what in allowed:
        assert answer.status_code == 200, answer.json()
    else:
        problem(answer, 403, "permission_denied")
        assert state() == before


@pytest.mark.parametrize("what", ASKED)
def test_guests_do_everything_but_confirm(booking: Booking, what: str) -> None:
    before = state()

    answer = ASKED[what](client(booking.user), f"bookings/{booking.reference}/")

    if what == "confirm":
        problem(answer, 403, "permission_denied")
        assert state() == before
    else:
        assert answer.status_code == 200, answer.json()


def test_superusers_work_everywhere(booking: Booking) -> None:
    api = client(SuperuserFactory())

    for what in (*READS, "guest", "confirm", "cancel"):
        assert ASKED[what](api, f"bookings/{booking.reference}/").status_code == 200


def test_lists_are_for_who_is_logged_in(booking: Booking) -> None:
    answer = client().get(f"{V1}bookings/")

    problem(answer, 401, "not_authenticated")
    assert answer["WWW-Authenticate"] == "Token"
    assert client(UserFactory()).get(f"{V1}bookings/").json()["results"] == []


def test_a_wrong_token_is_nobody(house: Hotel) -> None:
    answer = client().get(f"{V1}properties/", headers={"Authorization": "Token vac_wrong"})

    assert problem(answer, 401, "authentication_failed")["detail"]


def test_cache_statistics_are_for_staff() -> None:
    url = "/api/system/cache-stats"

    problem(client().get(url), 401, "not_authenticated")
    problem(client(UserFactory()).get(url), 403, "permission_denied")
    staff = client(StaffFactory())

    def misses() -> tuple[int, int]:
        report = staff.get(url).json()
        counts = next(entry for entry in report["namespaces"] if entry["name"] == "catalogue")
        assert report["server"]["keys"] > 0
        return counts["here"]["misses"], counts["all"]["misses"]

    here, everywhere = misses()
    stats.count("catalogue", "misses")
    assert misses() == (here + 1, everywhere + 1)


def test_a_session_needs_its_csrf_token(booking: Booking) -> None:
    api = APIClient(enforce_csrf_checks=True)
    api.force_login(booking.user)  # type: ignore[arg-type]
    before = state()

    refused = post(api, f"bookings/{booking.reference}/cancel/", {})
    api.get("/api/docs/")
    api.get("/api/docs/?script=")
    token = api.cookies["csrftoken"].value
    headers = {"X-CSRFToken": token, "Idempotency-Key": "a-key-of-sixteen-letters"}

    assert refused.status_code == 403
    assert state() == before
    accepted = api.post(f"{V1}bookings/{booking.reference}/cancel/", {}, headers=headers)
    assert accepted.status_code == 200, accepted.json()
