"""Examples in the API description of changes of a stay."""

from __future__ import annotations

from drf_spectacular.utils import OpenApiExample

from inventory.api.examples import QUOTE, money, shown

from .examples import BOOKING, DETAILS, problem

LONGER = {"departure": "2027-03-08"}
STAY_BEFORE = {
    "arrival": "2027-03-05",
    "departure": "2027-03-07",
    "room_type": BOOKING["room_type"]["id"],
    "rate_plan": BOOKING["rate_plan"]["id"],
    "rooms": 1,
    "adults": 2,
    "children_ages": [7],
}
PREVIEW_REQUEST = OpenApiExample("A night more", value=LONGER, request_only=True)
PREVIEW = shown(
    "A night more",
    {
        "is_possible": True,
        "refusal": None,
        "version": 1,
        "before_total": money("214.00"),
        "after_total": money("321.00"),
        "difference": money("107.00"),
        "fee": money("0.00"),
        "paid": money("214.00"),
        "due_now": money("107.00"),
        "refund": money("0.00"),
        "owed": money("107.00"),
        "nights": [
            {"date": "2027-03-05", "before": money("107.00"), "after": money("107.00")},
            {"date": "2027-03-06", "before": money("107.00"), "after": money("107.00")},
            {"date": "2027-03-07", "before": None, "after": money("107.00")},
        ],
        "quote": QUOTE.value | {"departure": "2027-03-08", "nights": 3, "total": money("321.00")},
    },
)
CHANGE_REQUEST = OpenApiExample(
    "At the total that was previewed",
    value=LONGER | {"expected_total": money("321.00"), "expected_fee": money("0.00"), "expected_version": 1},
    request_only=True,
)
CHANGED = shown(
    "Done",
    DETAILS.value
    | {"version": 2, "departure": "2027-03-08", "total": money("321.00"), "payment_options": []},
)
WAITS = OpenApiExample(
    "Waits for its payment",
    value=DETAILS.value
    | {
        "version": 2,
        "payment_options": [
            {
                "gateway": "sandbox",
                "label": "Card",
                "purpose": "change",
                "amount": money("107.00"),
                "is_guarantee": False,
            }
        ],
    },
    response_only=True,
    status_codes=["202"],
)
VERSION_CONFLICT = problem(
    "Somebody else was faster",
    409,
    "version_conflict",
    "Somebody else changed this in the meantime. Please look again.",
    {
        "changes": [
            {
                "label": "Departure",
                "theirs": "2027-03-09",
                "by": "Grace Hopper",
                "at": "2026-11-21T09:00:00+00:00",
            }
        ]
    },
)
HISTORY = shown(
    "A night more, paid",
    {
        "status": "done",
        "is_by_staff": False,
        "before": STAY_BEFORE,
        "after": STAY_BEFORE | LONGER,
        "before_total": money("214.00"),
        "after_total": money("321.00"),
        "fee": money("0.00"),
        "due_now": money("107.00"),
        "expires_at": "2026-11-21T09:15:00Z",
        "refusal": "",
        "created_at": "2026-11-21T09:00:00Z",
        "decided_at": "2026-11-21T09:02:00Z",
    },
)
