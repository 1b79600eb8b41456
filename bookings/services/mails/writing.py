"""From a booking to a message in the outbox."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.utils.translation import override

from bookings.links import booking_url
from bookings.models import Booking
from core.money import round_money
from notifications.contexts import property_context
from notifications.services import notification_enqueue
from notifications.types import BookingContext, LineContext


def mail_write(booking: Booking, message_type: str, context: dict[str, Any], *, key: str) -> None:
    """Write one message about a booking to the outbox, in the caller's transaction."""
    with override(booking.language):
        everything = {**booking_context(booking), **context}
    notification_enqueue(
        type=message_type,
        recipient=booking.guest_email,
        context=everything,
        dedup_key=key,
        language=booking.language,
        user=booking.user,
        property_id=booking.property_id,
        phone=str(booking.guest_phone),
    )


def booking_context(booking: Booking) -> BookingContext:
    """What every message about a booking holds. Property, room type and rate plan are at hand; no query."""
    return {
        "reference": booking.reference,
        "guest_name": booking.guest_name,
        "url": booking_url(booking),
        "property": property_context(booking.property),
        "stay": {
            "arrival": booking.arrival.isoformat(),
            "departure": booking.departure.isoformat(),
            "nights": (booking.departure - booking.arrival).days,
            "rooms": booking.rooms,
            "adults": booking.adults,
            "children_ages": list(booking.children_ages),
            "room_type": booking.room_type.name,
            "rate_plan": booking.rate_plan.name,
            "board": booking.rate_plan.get_board_display(),
            "arrival_time": booking.arrival_time.strftime("%H:%M") if booking.arrival_time else "",
            "special_requests": booking.special_requests,
        },
        "currency": booking.currency,
    }


def amount(booking: Booking, value: Decimal) -> str:
    """An amount as contexts hold it."""
    return str(round_money(value, booking.currency))


def price_lines(booking: Booking) -> list[LineContext]:
    """The price as it was quoted, line by line."""
    return [
        {
            "kind": line["kind"],
            "label": line["label"],
            "date": line["date"],
            "amount": line["amount"],
            "is_included": line["is_included"],
        }
        for line in booking.quote.get("lines", ())
    ]
