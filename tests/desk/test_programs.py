"""Kiosks and door locks: guests come and go by program, with the rules, roles and houses of the desk."""

from __future__ import annotations

from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from django.db import transaction

from accounts.models import StaffRole, User
from bookings.models import Booking, BookingNote, RoomAssignment
from inventory.models import Housekeeping, Room
from payments.models import EntryKind
from payments.services import folio_post
from payments.types import EntryData
from tests.api.asking import V1, client, fields, post, problem
from tests.desk.conftest import stay_of
from tests.factories.accounts import StaffFactory
from tests.factories.inventory import Hotel, hotel

pytestmark = pytest.mark.django_db


@pytest.fixture
def stay(house: Hotel) -> Booking:
    """One that goes on, whatever the hour."""
    return stay_of(house, -1, 2)


def path(stay: Booking, what: str) -> str:
    return f"bookings/{stay.reference}/{what}/"


def status_of(stay: Booking) -> str:
    return str(Booking.objects.values_list("status", flat=True).get(pk=stay.pk))


def owe(stay: Booking, amount: str) -> None:
    entry = EntryData(kind=EntryKind.CHARGE, description="Minibar", amount=Decimal(amount))
    with transaction.atomic():
        folio_post(folio_id=stay.folio_id, entries=[entry])


def test_a_guest_comes_with_a_room_once_and_goes(clerk: User, rooms: list[Room], stay: Booking) -> None:
    api, key = client(clerk), str(uuid4())
    wanted = {"rooms": [{"room": rooms[0].pk, "room_index": 1}]}

    came = post(api, path(stay, "check-in"), wanted, key=key)
    again = post(api, path(stay, "check-in"), wanted, key=key)

    assert (came.status_code, came.json()["status"]) == (200, "checked_in")
    assert (again.content, again["Idempotent-Replayed"]) == (came.content, "true")
    assert came["Cache-Control"] == "private, no-store"
    assert [given.room for given in RoomAssignment.objects.all()] == [rooms[0]]
    problem(post(api, path(stay, "check-in"), {}), 409, "transition_not_allowed")

    left = post(api, path(stay, "check-out"), {})

    assert (left.status_code, left.json()["status"]) == (200, "checked_out")
    assert left.json()["version"] > came.json()["version"]
    assert Room.objects.get(pk=rooms[0].pk).housekeeping == Housekeeping.DIRTY


def test_a_room_that_cannot_be_had_leaves_everything_as_it_was(
    house: Hotel, clerk: User, rooms: list[Room], stay: Booking
) -> None:
    api = client(clerk)
    assert (
        post(api, path(stay_of(house, -1, 2), "check-in"), {"rooms": [{"room": rooms[0].pk}]}).status_code
        == 200
    )

    problem(post(api, path(stay, "check-in"), {"rooms": [{"room": rooms[0].pk}]}), 409, "room_occupied")
    twice = {"rooms": [{"room": rooms[1].pk}, {"room": rooms[2].pk}]}
    assert fields(problem(post(api, path(stay, "check-in"), twice), 400, "validation_failed")) == ["rooms"]

    assert status_of(stay) == "confirmed"
    assert RoomAssignment.objects.count() == 1


def test_who_has_read_something_older_is_told(clerk: User, stay: Booking) -> None:
    api = client(clerk)
    for what in ("check-in", "check-out"):
        version = Booking.objects.get(pk=stay.pk).version
        old = api.post(
            V1 + path(stay, what), {}, format="json",
            headers={"Idempotency-Key": str(uuid4()), "If-Match": f'"{version + 1}"'},
        )  # fmt: skip
        problem(old, 409, "version_conflict")
        assert Booking.objects.get(pk=stay.pk).version == version
        done = api.post(
            V1 + path(stay, what), {}, format="json",
            headers={"Idempotency-Key": str(uuid4()), "If-Match": f'"{version}"'},
        )  # fmt: skip
        assert done.status_code == 200, done.json()


def test_nobody_comes_before_their_day(house: Hotel, clerk: User) -> None:
    later = stay_of(house, 5, 7)

    told = problem(post(client(clerk), path(later, "check-in"), {}), 409, "wrong_day")

    assert told["data"]["arrival"] == later.arrival.isoformat()
    assert status_of(later) == "confirmed"


def test_nobody_goes_with_an_open_folio_but_by_a_manager(clerk: User, manager: User, stay: Booking) -> None:
    api = client(clerk)
    post(api, path(stay, "check-in"), {})
    owe(stay, "12.50")

    told = problem(post(api, path(stay, "check-out"), {}), 409, "folio_unsettled")
    assert told["data"] == {"balance": "12.50", "currency": "EUR"}
    problem(post(api, path(stay, "check-out"), {"is_on_invoice": True}), 409, "invoice_missing")
    problem(post(api, path(stay, "check-out"), {"reason": "A friend"}), 403, "permission_denied")
    assert status_of(stay) == "checked_in"

    assert post(client(manager), path(stay, "check-out"), {"reason": "A friend"}).status_code == 200
    assert "A friend" in BookingNote.objects.get().text


@pytest.mark.parametrize("what", ["check-in", "check-out"])
def test_only_the_desk_of_the_house_may(house: Hotel, stay: Booking, what: str) -> None:
    def answers(api: Any) -> int:
        return int(post(api, path(stay, what), {}).status_code)

    elsewhere = StaffFactory(property=hotel().property, role=StaffRole.MANAGER)
    cleaner = StaffFactory(property=house.property, role=StaffRole.HOUSEKEEPING)
    token = stay.reference

    assert answers(client()) == 401
    assert answers(client(token=token)) == 401
    assert answers(client(elsewhere)) == 404
    assert answers(client(cleaner)) in (403, 404)
    assert status_of(stay) == "confirmed"


def test_a_key_is_needed(clerk: User, stay: Booking) -> None:
    answer = client(clerk).post(V1 + path(stay, "check-in"), {}, format="json")

    assert answer.status_code == 400
    assert status_of(stay) == "confirmed"
