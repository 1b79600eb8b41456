"""What staff do with physical rooms and groups by program: the same rules, roles and houses as in the admin."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from rest_framework.test import APIClient

from accounts.models import StaffRole, User
from bookings.models import Booking, Group, RoomAssignment
from inventory.models import Room
from tests.api.asking import V1, client, euros, fields, post, problem
from tests.factories.accounts import StaffFactory, UserFactory
from tests.factories.bookings import confirmed
from tests.factories.inventory import Hotel, hotel

pytestmark = pytest.mark.django_db


@pytest.fixture
def clerk(house: Hotel) -> User:
    return StaffFactory(property=house.property, role=StaffRole.FRONT_DESK)


@pytest.fixture
def rooms(house: Hotel) -> list[Room]:
    return list(Room.objects.filter(room_type=house.room_type).order_by("number"))


@pytest.fixture
def stay(house: Hotel) -> Booking:
    return confirmed(house)


def rooms_path(stay: Booking, more: str = "") -> str:
    return f"bookings/{stay.reference}/rooms/{more}"


def test_a_stay_gets_a_room_another_one_and_none(clerk: User, rooms: list[Room], stay: Booking) -> None:
    api, key = client(clerk), str(uuid4())
    free = api.get(V1 + rooms_path(stay, "free/")).json()["results"]
    assert [(one["room"]["id"], one["is_clean"], one["is_other_type"]) for one in free] == [
        (room.pk, True, False) for room in rooms
    ]

    best = post(api, rooms_path(stay), {}, key=key)
    again = post(api, rooms_path(stay), {}, key=key)

    assert (best.status_code, again.content, again["Idempotent-Replayed"]) == (200, best.content, "true")
    (given,) = best.json()["assignments"]
    assert (given["room"]["id"], given["is_automatic"]) == (rooms[0].pk, True)

    second_night = (stay.arrival + timedelta(days=1)).isoformat()
    moved = {"room": rooms[1].pk, "start": second_night, "seen": best.json()["seen"]}
    after = post(api, rooms_path(stay), moved)
    assert [(one["room"]["number"], one["start"], one["end"]) for one in after.json()["assignments"]] == [
        (rooms[0].number, stay.arrival.isoformat(), second_night),
        (rooms[1].number, second_night, stay.departure.isoformat()),
    ]
    problem(post(api, rooms_path(stay), moved), 409, "version_conflict")
    assert fields(
        problem(post(api, rooms_path(stay), {"start": second_night}), 400, "validation_failed")
    ) == ["room"]

    old = api.delete(f"{V1}{rooms_path(stay, '1/')}?seen={best.json()['seen']}")
    problem(old, 409, "version_conflict")
    assert api.delete(V1 + rooms_path(stay, "1/")).json()["assignments"] == []
    assert api.get(V1 + rooms_path(stay)).json()["rooms"] == 1
    assert not RoomAssignment.objects.exists()


def test_rooms_are_marked_by_who_may(house: Hotel, clerk: User, rooms: list[Room], stay: Booking) -> None:
    cleaner = client(StaffFactory(property=house.property, role=StaffRole.HOUSEKEEPING))
    path = f"{V1}rooms/{rooms[0].pk}/housekeeping/"

    marked = cleaner.patch(path, {"state": "dirty", "note": "A cot, please"})

    assert (marked.status_code, marked.json()["housekeeping"]) == (200, "dirty")
    assert cleaner.patch(path, {"state": "clean"}).json()["note"] == "A cot, please"
    problem(cleaner.patch(path, {"state": "inspected"}), 403, "permission_denied")
    assert client(clerk).patch(path, {"state": "inspected"}).status_code == 200
    listed = cleaner.get(f"{V1}properties/{house.property.slug}/housekeeping/").json()["results"]
    assert [(one["room"]["number"], one["room"]["housekeeping"]) for one in listed] == [
        (rooms[0].number, "inspected"),
        (rooms[1].number, "clean"),
    ]


def test_a_group_from_the_first_word_to_the_release(house: Hotel, clerk: User) -> None:
    api, key = client(clerk), str(uuid4())
    nights = house.stay()
    agreed = {
        "property": house.property.pk,
        "name": "Chess club",
        "arrival": nights.arrival.isoformat(),
        "departure": nights.departure.isoformat(),
        "release_date": nights.arrival.isoformat(),
        "rate_plan": house.plan.pk,
    }
    created = post(api, "groups/", agreed, key=key)
    assert (created.status_code, post(api, "groups/", agreed, key=key).content) == (201, created.content)
    path = f"groups/{created.json()['id']}/"
    assert api.get(f"{V1}groups/?open=true").json()["results"][0]["name"] == "Chess club"

    changed = {name: value for name, value in agreed.items() if name != "property"} | {"name": "Go club"}
    problem(api.put(V1 + path, changed), 428, "version_required")
    assert api.put(V1 + path, changed, headers={"If-Match": created["ETag"]}).json()["version"] == 1
    problem(api.put(V1 + path, changed | {"version": 0}), 409, "edit_conflict")

    kept = api.put(
        f"{V1}{path}blocks/", {"room_type": house.room_type.pk, "rooms": 2, "price": euros("80.00")}
    )
    (block,) = kept.json()["blocks"]
    assert [(night["left"], night["price"]) for night in block["nights"]] == [(2, euros("80.00"))] * 2
    assert house.inventory().blocked == 2
    room = {
        "room_type": house.room_type.pk,
        "arrival": agreed["arrival"],
        "departure": agreed["departure"],
        "guests": ["Vera Menchik", "Sonja Graf"],
        "key": "list-1",
    }
    booked = post(api, f"{path}rooming-list/", {"rooms": [room]}).json()
    known = post(api, f"{path}rooming-list/", {"rooms": [room]}).json()
    assert [line["name"] for line in booked["booked"]] == ["Vera Menchik"]
    assert (known["booked"], known["known"]) == ([], booked["booked"])
    assert api.get(f"{V1}{path}rooming-list/").json()["results"] == booked["booked"]

    released = post(api, f"{path}release/").json()
    assert (released["status"], released["blocks"][0]["nights"][0]["released"]) == ("released", 1)
    assert (house.inventory().blocked, house.inventory().sold) == (0, 1)
    wrong = {"room_type": house.room_type.pk, "rooms": 1}
    problem(api.put(f"{V1}{path}blocks/", wrong), 409, "group_closed")


def test_everybody_else_finds_nothing(house: Hotel, clerk: User, rooms: list[Room], stay: Booking) -> None:
    agreed = {
        "property": house.property.pk,
        "name": "Chess club",
        "arrival": stay.arrival.isoformat(),
        "departure": stay.departure.isoformat(),
        "release_date": stay.arrival.isoformat(),
        "rate_plan": house.plan.pk,
    }
    group = post(client(clerk), "groups/", agreed).json()["id"]
    stranger = client(StaffFactory(property=hotel().property))
    finance = client(StaffFactory(property=house.property, role=StaffRole.FINANCE))
    block = {"room_type": house.room_type.pk, "rooms": 1}

    def answers(api: APIClient) -> list[int]:
        asked: list[Any] = [
            api.get(V1 + rooms_path(stay)),
            api.get(V1 + rooms_path(stay, "free/")),
            post(api, rooms_path(stay), {}),
            api.delete(V1 + rooms_path(stay, "1/")),
            api.patch(f"{V1}rooms/{rooms[0].pk}/housekeeping/", {"state": "dirty"}),
            api.get(f"{V1}groups/{group}/"),
            api.put(f"{V1}groups/{group}/blocks/", block),
            post(api, f"groups/{group}/release/"),
            post(api, "groups/", agreed),
        ]
        return [answer.status_code for answer in asked]

    assert answers(stranger) == [404] * 9
    assert answers(client(UserFactory())) == [403] * 9
    assert answers(finance) == [403, 403, 403, 403, 404, 200, 403, 403, 403]
    assert stranger.get(f"{V1}groups/").json()["results"] == []
    assert not RoomAssignment.objects.exists()
    assert Group.objects.count() == 1
    assert not Room.objects.filter(housekeeping="dirty").exists()
