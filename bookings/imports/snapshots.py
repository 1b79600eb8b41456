"""What an imported booking keeps of the day it was sold, as JSON text: its quote and terms; and notes for the staff."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from core.dates import StayDates
from inventory.pricing.data import PlanTerms, PropertyTerms
from inventory.pricing.policies import cancellation_terms

from .rows import CURRENCY, MISSING, SourceBooking


def terms_json(house: PropertyTerms, plan: PlanTerms, arrival: date) -> str:
    """The cancellation terms of a plan for an arrival."""
    stay = StayDates(arrival, date.fromordinal(arrival.toordinal() + 1))
    return json.dumps(cancellation_terms(house=house, plan=plan, stay=stay))


def quote_json(*, rate: Decimal, nights: Sequence[date]) -> str:
    """The quote: a line for every night, each at the average rate, because the file knows no other.

    Written by hand, as there are only digits and dates in it, and hundreds of thousands of them.
    """
    total = rate * len(nights)
    lines = ", ".join(
        f'{{"kind": "room", "label": "Room", "amount": "{rate}", "date": "{night}", '
        '"room_index": 1, "is_included": false, "data": {}}'
        for night in nights
    )
    return (
        f'{{"currency": "{CURRENCY}", "lines": [{lines}], "room_total": "{total}", "tax_added": "0.00", '
        f'"tax_included": "0.00", "total": "{total}"}}'
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
