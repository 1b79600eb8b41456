"""What an imported booking keeps of the day it was sold, as JSON text: its quote and terms; and notes for the staff."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from functools import lru_cache

from core.dates import StayDates
from inventory.pricing.data import PlanTerms, PropertyTerms
from inventory.pricing.policies import cancellation_terms

from .rows import CURRENCY, MISSING, SourceBooking


def terms_json(house: PropertyTerms, plan: PlanTerms, arrival: date) -> str:
    """The cancellation terms of a plan for an arrival."""
    stay = StayDates(arrival, date.fromordinal(arrival.toordinal() + 1))
    return json.dumps(cancellation_terms(house=house, plan=plan, stay=stay))


@lru_cache(maxsize=32_768)
def quote_json(rate: Decimal, nights: int) -> str:
    """The quote: one line for all nights, because the file knows their average only."""
    total = str(rate * nights)
    return json.dumps(
        {
            "currency": CURRENCY,
            "lines": [
                {
                    "kind": "room",
                    "label": f"{nights} × {rate}",
                    "amount": total,
                    "date": None,
                    "room_index": 1,
                    "is_included": False,
                    "data": {"nights": nights, "price": str(rate)},
                }
            ],
            "room_total": total,
            "tax_added": "0.00",
            "tax_included": "0.00",
            "total": total,
        }
    )


def staff_notes(booking: SourceBooking) -> str:
    """What else the file says about the booking, for people."""
    raw = booking.raw
    facts = [f"Customer: {raw.customer_type}"]
    if raw.agent not in MISSING:
        facts.append(f"agent {raw.agent}")
    if raw.company not in MISSING:
        facts.append(f"company {raw.company}")
    if raw.assigned_room_type not in (*MISSING, raw.reserved_room_type):
        facts.append(f"was given room type {raw.assigned_room_type}")
    if raw.required_car_parking_spaces not in (*MISSING, "0"):
        facts.append(f"parking spaces: {raw.required_car_parking_spaces}")
    if raw.total_of_special_requests not in (*MISSING, "0"):
        facts.append(f"special requests: {raw.total_of_special_requests}")
    if raw.deposit_type == "Refundable":
        facts.append("refundable deposit")
    return ", ".join(facts)
