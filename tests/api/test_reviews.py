"""Reviews over the API: the guest's own, the public's, and what staff do with them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from rest_framework.test import APIClient

from accounts.models import StaffRole, User
from bookings.access import access_token_of
from bookings.models import Booking, Review, ReviewReport
from tests.api.asking import V1, client, fields, post, problem
from tests.factories.accounts import StaffFactory, UserFactory
from tests.factories.bookings import confirmed, held
from tests.factories.inventory import Hotel, hotel
from tests.factories.reviews import POINTS, lived, published, written

pytestmark = pytest.mark.django_db

BODY = {"points": POINTS, "title": "Good", "text": "Slept well.", "language": "en"}


@pytest.fixture
def ada() -> User:
    return UserFactory.create()


def of(booking: Booking) -> str:
    return f"bookings/{booking.reference}/review/"


def staff(house: Hotel, role: str = StaffRole.MANAGER) -> APIClient:
    return client(StaffFactory.create(property=house.property, role=role))


def put(api: APIClient, path: str, body: dict[str, Any]) -> Any:
    return api.put(V1 + path, body, format="json")


def test_a_guest_writes_reads_changes_and_takes_back_a_review(ada: User, house: Hotel) -> None:
    booking = lived(house, user=ada)
    mine = client(ada)
    problem(mine.get(V1 + of(booking)), 404, "review_not_found")

    made = post(mine, of(booking), BODY)

    assert made.status_code == 201
    document = made.json()
    assert (document["status"], document["score"], document["points"]) == ("pending", "4.20", POINTS)
    assert (document["reference"], document["property"]) == (booking.reference, house.property.slug)
    assert (document["title"], document["author_name"], document["version"]) == ("Good", "Ada", 0)
    assert mine.get(V1 + of(booking)).json() == document
    assert mine.get(f"{V1}reviews/").json()["results"] == [document]

    change = {"points": POINTS | {"value": 5}, "title": "Better", "text": "", "version": 0}
    changed = put(mine, of(booking), change)
    assert (changed.status_code, changed.json()["score"], changed.json()["title"]) == (200, "4.60", "Better")
    problem(put(mine, of(booking), change), 409, "edit_conflict")

    assert mine.delete(V1 + of(booking)).status_code == 204
    withdrawn = Review.objects.get()
    assert (withdrawn.status, withdrawn.title, withdrawn.author_name) == ("withdrawn", "", "")


def test_who_has_no_account_writes_by_the_bookings_token(house: Hotel) -> None:
    booking = lived(house)

    assert post(client(token=access_token_of(booking)), of(booking), BODY).status_code == 201
    problem(post(client(token="wrong"), of(booking), BODY), 404, "booking_not_found")


def test_only_after_the_stay_and_once(ada: User, house: Hotel) -> None:
    mine = client(ada)
    for booking in (
        held(house, user=ada).booking,
        confirmed(house, user=ada, stay=house.stay(offset=4)),
    ):
        problem(post(mine, of(booking), BODY), 409, "review_not_allowed")
    over = lived(house, user=ada, stay=house.stay(offset=6))

    assert post(mine, of(over), BODY).status_code == 201
    problem(post(mine, of(over), BODY), 409, "review_exists")
    assert Review.objects.count() == 1


def test_too_late(ada: User, house: Hotel) -> None:
    booking = lived(house, user=ada)
    Booking.objects.update(checked_out_at=timezone.now() - timedelta(days=181))

    assert problem(post(client(ada), of(booking), BODY), 409, "review_too_late")["data"] == {"days": 180}


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"points": POINTS | {"staff": 6}}, "points.staff"),
        ({"points": POINTS | {"staff": 0}}, "points.staff"),
        ({"points": {"staff": 5}}, "points.cleanliness"),
        ({"points": POINTS | {"food": 5}}, "points.food"),
        ({"title": "x" * 121}, "title"),
        ({"text": "x" * 5001}, "text"),
        ({"stars": 5}, "stars"),
    ],
)
def test_what_is_wrong_is_named(ada: User, house: Hotel, wrong: dict[str, Any], field: str) -> None:
    booking = lived(house, user=ada)

    assert field in fields(problem(post(client(ada), of(booking), BODY | wrong), 400, "validation_failed"))
    assert not Review.objects.exists()


def test_foreign_stays_are_not_found_and_staff_do_not_write(ada: User, house: Hotel) -> None:
    booking = lived(house, user=ada)
    review = written(house, booking=booking)
    change = {"points": POINTS | {"value": 5}, "version": 0}

    for stranger in (client(UserFactory.create()), staff(hotel()), client()):
        problem(stranger.get(V1 + of(booking)), 404, "booking_not_found")
        problem(post(stranger, of(booking), BODY), 404, "booking_not_found")
        problem(put(stranger, of(booking), change), 404, "booking_not_found")
        problem(stranger.delete(V1 + of(booking)), 404, "booking_not_found")
    here = staff(house)
    assert here.get(V1 + of(booking)).json()["id"] == review.pk
    problem(put(here, of(booking), change), 403, "permission_denied")
    problem(here.delete(V1 + of(booking)), 403, "permission_denied")

    review.refresh_from_db()
    assert (review.status, review.value, review.version) == ("pending", 3, 0)


def test_lists_show_what_one_may_see(ada: User, house: Hotel) -> None:
    other = hotel()
    mine = written(house, user=ada)
    here = published(house, stay=house.stay(offset=3))
    there = written(other)

    def ids(api: APIClient, query: str = "") -> list[int]:
        return [entry["id"] for entry in api.get(f"{V1}reviews/{query}").json()["results"]]

    assert ids(client(ada)) == [mine.pk]
    assert ids(client(UserFactory.create())) == []
    assert ids(staff(house, StaffRole.FRONT_DESK)) == [here.pk, mine.pk]
    assert ids(staff(house), "?status=pending") == [mine.pk]
    assert ids(staff(house), f"?property={other.property.pk}") == []
    assert ids(staff(other)) == [there.pk]
    problem(client().get(f"{V1}reviews/"), 401, "not_authenticated")


def test_staff_publish_and_keep_back(house: Hotel) -> None:
    review = written(house)
    path = f"reviews/{review.pk}/moderate/"
    public = f"{V1}properties/{house.property.slug}/reviews/"
    manager = staff(house)
    problem(post(manager, path, {"publish": True, "version": 1}), 409, "edit_conflict")
    refused = problem(post(manager, path, {"publish": False}), 422, "review_invalid")
    assert fields(refused) == ["reason"]
    assert client().get(public).json()["results"] == []

    answer = post(manager, path, {"publish": True, "version": 0})

    assert (answer.status_code, answer.json()["status"]) == (200, "published")
    (shown,) = client().get(public).json()["results"]
    assert (shown["id"], shown["score"], shown["author_name"]) == (review.pk, "4.20", "Ada")
    assert not {"reference", "status", "rejection_reason"} & set(shown)
    rejected = post(manager, path, {"publish": False, "reason": "It names a guest."}).json()
    assert (rejected["status"], rejected["rejection_reason"]) == ("rejected", "It names a guest.")
    assert client().get(public).json()["results"] == []


def test_who_may_not_decide(ada: User, house: Hotel) -> None:
    review = written(house, user=ada)
    path = f"reviews/{review.pk}/moderate/"

    desk = staff(house, StaffRole.FRONT_DESK)
    problem(post(desk, path, {"publish": True}), 403, "permission_denied")
    problem(post(client(ada), path, {"publish": True}), 403, "permission_denied")
    problem(post(client(), path, {"publish": True}), 401, "not_authenticated")
    problem(post(staff(hotel()), path, {"publish": True}), 404, "review_not_found")
    problem(post(staff(house), f"reviews/{2**70}/moderate/", {"publish": True}), 404, "review_not_found")

    review.refresh_from_db()
    assert review.status == "pending"


def test_the_house_replies(ada: User, house: Hotel) -> None:
    review = published(house, user=ada)
    waiting = written(house, stay=house.stay(offset=3))
    path = f"reviews/{review.pk}/reply/"

    problem(put(staff(hotel()), path, {"text": "Ha"}), 404, "review_not_found")
    problem(put(client(ada), path, {"text": "Ha"}), 403, "permission_denied")
    desk = staff(house, StaffRole.FRONT_DESK)
    problem(put(desk, f"reviews/{waiting.pk}/reply/", {"text": "Ha"}), 409, "review_not_published")
    answer = put(desk, path, {"text": "Come again."})

    assert (answer.status_code, answer.json()["reply"]) == (200, "Come again.")
    (shown,) = client().get(f"{V1}properties/{house.property.slug}/reviews/").json()["results"]
    assert shown["reply"] == "Come again."
    assert put(desk, path, {"text": ""}).json()["replied_at"] is None


def test_anybody_reports_what_is_public_once(ada: User, house: Hotel) -> None:
    review = published(house)
    waiting = written(house, stay=house.stay(offset=3))
    path = f"reviews/{review.pk}/report/"

    made = post(client(ada), path, {"reason": "fake", "text": "Never seen."})

    assert made.status_code == 201
    assert {name: made.json()[name] for name in ("reason", "text", "status")} == {
        "reason": "fake",
        "text": "Never seen.",
        "status": "open",
    }
    problem(post(client(ada), path, {"reason": "other"}), 409, "report_exists")
    assert post(client(), path, {"reason": "other"}).status_code == 201
    problem(post(client(), f"reviews/{waiting.pk}/report/", {"reason": "fake"}), 404, "review_not_found")
    assert fields(problem(post(client(ada), path, {"reason": "dull"}), 400, "validation_failed")) == [
        "reason"
    ]
    assert ReviewReport.objects.count() == 2
