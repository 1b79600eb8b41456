"""Examples in the API description of properties, availability and quotes."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import OpenApiExample


def money(amount: str) -> dict[str, str]:
    """An amount in euros."""
    return {"amount": amount, "currency": "EUR"}


def shown(name: str, value: Any, *, status: str = "200") -> OpenApiExample:
    """An example of an answer."""
    return OpenApiExample(name, value=value, response_only=True, status_codes=[status])


STAY = {"arrival": "2027-03-05", "departure": "2027-03-07"}
PARTY = {"adults": 2, "children_ages": [7], "rooms": 1}
DOUBLE = {"id": 12, "code": "DBL", "name": "Double room"}
FLEXIBLE = {"id": 31, "code": "FLEX", "name": "Flexible", "board": "BB"}
AMENITIES = [{"code": "wifi", "name": "Wi-Fi"}]
PHOTOS = [{"url": "/media/photos/2026/11/front.jpg", "width": 1600, "height": 1067, "alt": "The front"}]
HOUSE = {
    "id": 3,
    "slug": "hotel-am-kanal",
    "name": "Hotel am Kanal",
    "city": "Berlin",
    "country": "DE",
    "stars": 4,
}
MIN_STAY = {"code": "min_stay", "message": "The minimum stay is 3 nights.", "data": {"min_stay": 3}}
TERMS = {
    "policy": "Flexible",
    "tiers": [{"hours_before": 48, "penalty_kind": "percent", "penalty_value": "0.000"}],
    "no_show_percent": "100.00",
    "arrival_at": "2027-03-05T14:00:00Z",
    "time_zone": "Europe/Berlin",
}

PROPERTY = shown(
    "A property",
    HOUSE
    | {
        "description": "A quiet house by the water.",
        "address": "Uferstraße 5",
        "postal_code": "10999",
        "latitude": "52.49520",
        "longitude": "13.41790",
        "time_zone": "Europe/Berlin",
        "currency": "EUR",
        "arrival_from": "15:00:00",
        "departure_until": "11:00:00",
        "child_max_age": 12,
        "rating": {"score": "4.60", "review_count": 38},
        "amenities": AMENITIES,
        "photos": PHOTOS,
    },
)
ROOM_TYPE = shown(
    "A room type",
    DOUBLE
    | {
        "description": "Towards the garden.",
        "beds": "1 double bed",
        "size_sqm": 22,
        "standard_occupancy": 2,
        "max_adults": 2,
        "max_children": 1,
        "max_occupancy": 3,
        "amenities": AMENITIES,
        "photos": PHOTOS,
    },
)
RATE_PLAN = shown(
    "A rate plan",
    FLEXIBLE
    | {
        "description": "Cancel free of charge until two days before.",
        "member_discount": True,
        "room_types": [],
        "deposit": {"kind": "percent", "value": "30.000"},
        "cancellation": {
            "name": "Flexible",
            "tiers": [{"hours_before": 48, "penalty_kind": "percent", "penalty_value": "0.000"}],
            "no_show_percent": "100.00",
        },
    },
)
AVAILABILITY = shown(
    "One room type, two rates",
    STAY
    | {
        "nights": 2,
        "currency": "EUR",
        "room_types": [
            {
                "room_type": DOUBLE,
                "available": 4,
                "from_total": money("214.00"),
                "reason": None,
                "plans": [
                    {
                        "rate_plan": FLEXIBLE,
                        "total": money("214.00"),
                        "free_until": "2027-03-03T14:00:00Z",
                        "reason": None,
                    },
                    {
                        "rate_plan": FLEXIBLE | {"id": 32, "code": "WEEK", "name": "Long stay"},
                        "total": None,
                        "free_until": None,
                        "reason": MIN_STAY,
                    },
                ],
            }
        ],
    },
)
CALENDAR = shown(
    "One night",
    {
        "currency": "EUR",
        "nights": [
            {
                "date": "2027-03-05",
                "price_from": money("107.00"),
                "available": 4,
                "closed_to_arrival": False,
                "closed_to_departure": False,
                "min_stay": 3,
                "max_stay": None,
                "special_day": "",
                "reasons": [MIN_STAY],
            }
        ],
    },
)
SEARCH_RESULT = shown(
    "A property with an offer",
    {
        "property": HOUSE,
        "offer": {
            "room_type": DOUBLE,
            "rate_plan": FLEXIBLE,
            "available": 4,
            "total": money("214.00"),
            "free_until": "2027-03-03T14:00:00Z",
        },
        "reason": None,
    },
)
BATCH = OpenApiExample(
    "Two weekends",
    value={
        "stays": [
            {"property": 3, **STAY, "rooms": 1},
            {"property": 3, "arrival": "2027-03-12", "departure": "2027-03-14", "rooms": 1},
        ]
    },
    request_only=True,
)
BATCH_ANSWERS = shown(
    "Free rooms",
    {
        "answers": [
            {
                "property": 3,
                **STAY,
                "rooms": 1,
                "room_types": [
                    {
                        "room_type": 12,
                        "available": 4,
                        "nights": [
                            {"date": "2027-03-05", "available": 4},
                            {"date": "2027-03-06", "available": 6},
                        ],
                    }
                ],
            }
        ]
    },
)
QUOTE_REQUEST = OpenApiExample(
    "Two adults and a child",
    value={"room_type": 12, "rate_plan": 31, **STAY, **PARTY},
    request_only=True,
)
QUOTE = shown(
    "Two nights",
    {
        "property": 3,
        "room_type": 12,
        "rate_plan": 31,
        **STAY,
        "nights": 2,
        **PARTY,
        "lines": [
            {
                "kind": "room",
                "label": "Double room, Flexible",
                "amount": money("107.00"),
                "date": night,
                "room_index": 1,
                "is_included": False,
                "data": {},
            }
            for night in ("2027-03-05", "2027-03-06")
        ],
        "room_total": money("214.00"),
        "tax_added": money("0.00"),
        "tax_included": money("14.00"),
        "total": money("214.00"),
        "deposit_due": money("64.20"),
        "cancellation": TERMS,
        "fingerprint": "2f6a0c1d9be84f0f",
    },
)

PRICE_POINT = shown(
    "The price fell",
    {
        "changed_at": "2026-11-20T09:30:00Z",
        "rate_plan": {"id": 31, "code": "FLEX", "name": "Flexible"},
        "before": money("260.00"),
        "total": money("234.00"),
    },
)
