"""One believable context for every kind of message: for previews, and for tests of the templates."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

from django.conf import settings

from . import types as kinds
from .models import Notification

SITE = "https://vacancy.example"
RECIPIENT = "ana@example.com"

HOUSE: dict[str, Any] = {
    "name": "Casa do Cais",
    "address": "Rua da Prata 12",
    "postal_code": "1100-420",
    "city": "Lisbon",
    "country": "PT",
    "email": "stay@casa.example",
    "phone": "+351 21 000 0000",
    "time_zone": "Europe/Lisbon",
    "arrival_from": "15:00",
    "departure_until": "11:00",
    "url": f"{SITE}/hotels/casa-do-cais/",
    "brand_color": "",
    "logo_url": "",
}
STAY: dict[str, Any] = {
    "arrival": "2026-05-29",
    "departure": "2026-06-01",
    "nights": 3,
    "rooms": 1,
    "adults": 2,
    "children_ages": [4],
    "room_type": "River view double",
    "rate_plan": "Flexible",
    "board": "Breakfast included",
    "arrival_time": "18:30",
    "special_requests": "A cot, please",
}
BOOKING: dict[str, Any] = {
    "reference": "VQ7KM2XD",
    "guest_name": "Ana Souza",
    "url": f"{SITE}/booking/VQ7KM2XD/?token=secret",
    "property": HOUSE,
    "stay": STAY,
    "currency": "EUR",
}
LINES: list[dict[str, Any]] = [
    *(
        {
            "kind": "room",
            "label": "River view double, Flexible",
            "date": date,
            "amount": amount,
            "is_included": False,
        }
        for date, amount in (("2026-05-29", "150.00"), ("2026-05-30", "165.00"), ("2026-05-31", "135.00"))
    ),
    {
        "kind": "member_discount",
        "label": "Member discount 5 %",
        "date": None,
        "amount": "-22.50",
        "is_included": False,
    },
    {"kind": "tax", "label": "VAT 6 %", "date": None, "amount": "24.20", "is_included": True},
]
MONEY = {"total": "427.50", "paid": "150.00", "due": "277.50"}
WISH: dict[str, Any] = {
    "guest_name": "Ana Souza",
    "property": HOUSE,
    "currency": "EUR",
    "arrival": "2026-05-29",
    "departure": "2026-06-01",
    "flexible_days": 2,
    "rooms": 2,
    "adults": 4,
    "children_ages": [4, 9],
    "room_type": "",
    "max_total": "900.00",
    "url": f"{SITE}/waitlist/entry/secret/",
}
OFFER = {
    "offer_arrival": "2026-05-30",
    "offer_departure": "2026-06-02",
    "offer_room_type": "River view double",
    "rate_plan": "Flexible",
    "total": "840.00",
    "expires_at": "2026-05-12T18:30:00+00:00",
    "accept_url": f"{SITE}/waitlist/offer/secret/?accept",
    "decline_url": f"{SITE}/waitlist/offer/secret/?decline",
}
ACCOUNT = {
    "email": RECIPIENT,
    "name": "Ana",
    "activate_url": f"{SITE}/account/confirm/KEY/",
    "password_reset_url": f"{SITE}/account/reset/KEY/",
    "signup_url": f"{SITE}/account/signup/",
    "from_email": "old@example.com",
    "to_email": "new@example.com",
    "deleted_email": "gone@example.com",
    "ip": "192.0.2.7",
    "user_agent": "Firefox on Linux",
    "timestamp": "2026-05-01T08:15:00+00:00",
}
SPACE: dict[str, Any] = {
    "reference": "VQ7KM2XD",
    "guest_name": "Ana Souza",
    "url": f"{SITE}/spaces/VQ7KM2XD/?token=secret",
    "property": HOUSE,
    "space": "Salon Tejo",
    "place": "Main building, 1",
    "times": [
        {"start": "2026-05-29T09:00:00+00:00", "end": "2026-05-29T11:30:00+00:00", "reference": "VQ7KM2XD"},
        {"start": "2026-06-05T09:00:00+00:00", "end": "2026-06-05T11:30:00+00:00", "reference": "KX4PQ7RM"},
    ],
    "persons": 8,
    "purpose": "Board meeting",
    "equipment": ["Projector", "Whiteboard"],
    "currency": "EUR",
    "total": "200.00",
    "due": "0.00",
    "stay_reference": "",
    "reason": "",
    "until": "2026-05-27T18:30:00+00:00",
    "fee": "0.00",
    "refund": "0.00",
    "needs_check_in": True,
    "no_show_minutes": 15,
}
GENERIC_WORDS = {
    "name": "Ana",
    "title": "The lift is being repaired",
    "paragraphs": [
        "From Monday to Wednesday the lift stands still. We carry your bags.",
        "If stairs are hard for you, tell us: we have rooms on the ground floor.",
    ],
    "action_url": f"{SITE}/hotels/casa-do-cais/",
    "action_label": "Write to us",
    "property": HOUSE,
}

SAMPLES: dict[str, dict[str, Any]] = {
    kinds.BOOKING_HELD: {
        **BOOKING,
        "total": "427.50",
        "due_now": "150.00",
        "hold_expires_at": "2026-05-01T08:30:00+00:00",
        "pay_url": f"{SITE}/booking/VQ7KM2XD/pay/?token=secret",
    },
    kinds.BOOKING_CONFIRMED: {
        **BOOKING,
        **MONEY,
        "lines": LINES,
        "payer": "",
        "free_until": "2026-05-26T14:00:00+00:00",
        "cancellation": [
            {"until": "2026-05-26T14:00:00+00:00", "fee": "0.00"},
            {"until": None, "fee": "427.50"},
        ],
        "no_show_fee": "427.50",
    },
    kinds.BOOKING_CHANGED: {
        **BOOKING,
        **MONEY,
        "changes": [
            {"label": "Expected arrival", "before": "18:30", "after": "21:00"},
            {"label": "Requests", "before": "", "after": "A cot, please.\nAnd a quiet room."},
        ],
    },
    kinds.BOOKING_CANCELLED: {
        **BOOKING,
        "total": "427.50",
        "fee": "150.00",
        "refund": "277.50",
        "cancelled_at": "2026-05-27T08:15:00+00:00",
    },
    kinds.BOOKING_NO_SHOW: {**BOOKING, "fee": "427.50"},
    kinds.PRE_ARRIVAL: {
        **BOOKING,
        "directions": "From the station Cais do Sodré: five minutes along the river.\nParking in the yard.",
        "check_in_url": f"{SITE}/booking/VQ7KM2XD/arrival/?token=secret",
        "due": "277.50",
    },
    kinds.THANK_YOU: {**BOOKING, "review_url": f"{SITE}/booking/VQ7KM2XD/review/?token=secret"},
    kinds.REVIEW_REPLIED: {
        **BOOKING,
        "review_url": f"{SITE}/booking/VQ7KM2XD/review/?token=secret",
        "reply": "Thank you, Ana!\nThe window has been repaired.",
    },
    kinds.PAYMENT_RECEIPT: {
        **BOOKING,
        **MONEY,
        "amount": "150.00",
        "method": "card",
        "paid_at": "2026-05-01T08:15:00+00:00",
        "number": "VQ7KM2XD-1",
        "lines": LINES,
        "payments": [{"method": "card", "amount": "150.00", "at": "2026-05-01T08:15:00+00:00"}],
    },
    kinds.INVOICE: {
        "property": HOUSE,
        "guest_name": "Ana Reis",
        "url": f"{SITE}/booking/VQ7KM2XD/?token=secret",
        "reference": "VQ7KM2XD",
        "currency": "EUR",
        "invoice_id": 0,
        "number": "LIS-2026-00042",
        "is_credit_note": False,
        "issued_on": "2026-05-14",
        "recipient": "Ana Reis",
        "total": "427.50",
        "due": "0.00",
    },
    kinds.PAYMENT_FAILED: {
        **BOOKING,
        "amount": "150.00",
        "failure_code": "card_declined",
        "retry_url": f"{SITE}/booking/VQ7KM2XD/pay/?token=secret",
        "hold_expires_at": "2026-05-01T08:30:00+00:00",
    },
    kinds.PAYMENT_REFUNDED: {
        **BOOKING,
        "amount": "150.00",
        "reason": "rooms_gone",
        "refunded_at": "2026-05-01T08:30:00+00:00",
    },
    kinds.PAYMENT_DISPUTED: {
        "property": HOUSE,
        "reference": "VQ7KM2XD",
        "amount": "427.50",
        "currency": "EUR",
        "reason": "fraudulent",
        "due_by": "2026-06-14T21:59:00+00:00",
        "manage_url": f"{SITE}/admin/payments/dispute/7/",
    },
    kinds.WAITLIST_JOINED: WISH,
    kinds.WAITLIST_OFFERED: {**WISH, **OFFER},
    kinds.WAITLIST_EXPIRED: WISH,
    kinds.SPACE_REQUESTED: SPACE,
    kinds.SPACE_ASKED: {**SPACE, "url": f"{SITE}/admin/spaces/VQ7KM2XD/"},
    kinds.SPACE_CONFIRMED: SPACE,
    kinds.SPACE_APPROVED: SPACE | {"due": "200.00"},
    kinds.SPACE_DECLINED: SPACE | {"reason": "The terrace is closed for repairs that week."},
    kinds.SPACE_CHANGED: SPACE,
    kinds.SPACE_CANCELLED: SPACE | {"fee": "50.00", "refund": "150.00"},
    kinds.SPACE_CALLED_OFF: {**SPACE, "url": f"{SITE}/admin/spaces/VQ7KM2XD/"},
    kinds.SPACE_EXPIRED: SPACE,
    kinds.SPACE_NO_SHOW: SPACE,
    kinds.SPACE_REMINDER: SPACE,
    kinds.SPACE_REFUNDED: SPACE | {"refund": "200.00"},
    kinds.PRICE_DROP: {
        "guest_name": "Ana Souza",
        "property": HOUSE,
        "room_type": "River view double",
        "rate_plan": "Flexible",
        "arrival": "2026-05-29",
        "departure": "2026-06-01",
        "adults": 2,
        "children_ages": [],
        "rooms": 1,
        "currency": "EUR",
        "before": "450.00",
        "total": "389.00",
        "book_url": f"{SITE}/hotels/casa-do-cais/?arrival=2026-05-29&departure=2026-06-01",
        "manage_url": f"{SITE}/waitlist/alerts/secret/",
    },
    kinds.STAFF_DIGEST: {
        "property": HOUSE,
        "date": "2026-05-29",
        "sections": [
            {
                "title": "Arrivals",
                "lines": [
                    {
                        "text": "VQ7KM2XD, Ana Souza, River view double, 18:30",
                        "url": f"{SITE}/admin/bookings/booking/1/",
                    },
                    {
                        "text": "H3PW9RTA, Jan Novák, Garden single",
                        "url": f"{SITE}/admin/bookings/booking/2/",
                    },
                ],
            },
            {"title": "Departures", "lines": []},
        ],
    },
    kinds.REPORT: {
        "property": HOUSE,
        "title": "Occupancy",
        "scope": "Casa do Cais",
        "period": "Fri, 1 May 2026 – Sun, 31 May 2026",
        "compared": "Wed, 1 Apr 2026 – Thu, 30 Apr 2026",
        "charts": [],
        "headings": ["Day", "Rooms sold", "Occupancy"],
        "rows": [["Fri, 1 May 2026", "18", "75.0%"], ["Sat, 2 May 2026", "24", "100.0%"]],
        "totals": [["Total", "42", "87.5%"]],
        "rows_left_out": 29,
        "notes": [],
        "formula": "Rooms sold / rooms available.",
        "files": [],
        "url": f"{SITE}/admin/reports/of/occupancy/?period=last_month",
        "leave_url": f"{SITE}/admin/reports/schedules/3/leave/",
    },
    kinds.WEBHOOK_DISABLED: {
        "property": None,
        "endpoint_url": "https://integrator.example/hooks/vacancy",
        "reason": "gone",
        "since": "2026-05-26T14:00:00+00:00",
        "manage_url": f"{SITE}/admin/notifications/webhookendpoint/3/",
    },
    kinds.CALENDAR_CONFLICT: {
        "property": HOUSE,
        "room_type": "River view double",
        "calendar_name": "Other channel",
        "conflicts": [
            {
                "start": "2026-05-29",
                "end": "2026-06-01",
                "summary": "Reserved (J. Novák)",
                "rooms_missing": 1,
            },
            {"start": "2026-06-12", "end": "2026-06-14", "summary": "Reserved", "rooms_missing": 2},
        ],
        "manage_url": f"{SITE}/admin/inventory/calendarconflict/",
    },
    kinds.WELCOME: {**ACCOUNT, "url": f"{SITE}/my/"},
    kinds.SECURITY_NOTICE: {**ACCOUNT, "event": "login_new_device", "at": "2026-05-01T08:15:00+00:00"},
    kinds.GENERIC: GENERIC_WORDS,
    kinds.PROMOTION: {
        **GENERIC_WORDS,
        "title": "Autumn on the river",
        "paragraphs": ["Three nights for the price of two, from October to November."],
        "action_label": "See the rooms",
    },
}


def sample_context(type: str) -> dict[str, Any]:  # noqa: A002 - the word of the field
    """Return a context of this kind of message, the caller's to change. Raises `KeyError` for an unknown kind."""
    return deepcopy(SAMPLES.get(kinds.MESSAGE_TYPES[type].key, ACCOUNT))


def sample_notification(type: str, language: str = settings.LANGUAGE_CODE) -> Notification:  # noqa: A002
    """Make a message of this kind that is not stored. Raises `KeyError` for an unknown kind."""
    return Notification(
        type=type,
        context=sample_context(type),
        language=language,
        recipient=RECIPIENT,
        dedup_key=f"sample:{type}",
    )
