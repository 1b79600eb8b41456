"""Examples in the API description of groups."""

from __future__ import annotations

from drf_spectacular.utils import OpenApiExample

from inventory.api.examples import DOUBLE, FLEXIBLE, HOUSE, money, shown

from .examples import problem

_AGREED = {
    "name": "Chess club",
    "arrival": "2027-03-05",
    "departure": "2027-03-07",
    "release_date": "2027-02-20",
    "release_time": "18:00:00",
    "company": "Chess Club Hamburg",
    "company_address": "",
    "vat_number": "",
    "contact_name": "Vera Menchik",
    "contact_email": "vera@example.com",
    "contact_phone": "",
    "shared_folio": True,
    "notes": "",
}
_GROUP = {
    "id": 9,
    "version": 0,
    "status": "definite",
    "property": HOUSE,
    "rate_plan": FLEXIBLE,
    **_AGREED,
    "release_at": "2027-02-20T18:00:00+01:00",
    "released_at": None,
    "cancelled_at": None,
}
_NIGHT = {
    "date": "2027-03-05",
    "rooms": 12,
    "picked_up": 5,
    "released": 0,
    "left": 7,
    "price": money("89.00"),
}
_BLOCKS = {"blocks": [{"room_type": 12, "name": "Double room", "nights": [_NIGHT]}]}
_LINE = {
    "reference": "K7XM3PQR",
    "status": "confirmed",
    "name": "Vera Menchik",
    "email": "vera@example.com",
    "room_type": DOUBLE,
    "arrival": "2027-03-05",
    "departure": "2027-03-07",
    "adults": 2,
    "requests": "Shares the room: Sonja Graf",
}
GROUP = shown("A group", _GROUP)
GROUP_WITH_ROOMS = shown("A group with its rooms", _GROUP | _BLOCKS)
CREATED = shown("Agreed", _GROUP | {"blocks": []}, status="201")
_GIVEN = _AGREED | {"rate_plan": 31, "is_definite": True}
CREATE = OpenApiExample("Agree on a group", value=_GIVEN | {"property": 3}, request_only=True)
UPDATE = OpenApiExample("Keep the rooms longer", value=_GIVEN | {"version": 0}, request_only=True)
KEEP = OpenApiExample(
    "Twelve rooms on every night",
    value={"room_type": 12, "rooms": 12, "price": money("89.00")},
    request_only=True,
)
RELEASED = shown(
    "Given back", _GROUP | _BLOCKS | {"status": "released", "released_at": "2027-02-20T17:00:00Z"}
)
ROOMING = OpenApiExample(
    "Two who share",
    value={
        "rooms": [
            {
                "room_type": 12,
                "arrival": "2027-03-05",
                "departure": "2027-03-07",
                "guests": ["Vera Menchik", "Sonja Graf"],
                "email": "vera@example.com",
                "key": "list-1",
            }
        ],
        "tell_guests": True,
    },
    request_only=True,
)
LINE = shown("A room", _LINE)
BOOKED = shown("Booked", {"booked": [_LINE], "known": []})
CHANGED_MEANWHILE = problem(
    "Somebody else was faster",
    409,
    "edit_conflict",
    "Somebody else changed this in the meantime. Please look again.",
    {},
)
