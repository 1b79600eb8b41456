"""The kinds of events that programs are told of. What `data` holds of each stands in `docs/webhooks.md`.

Amounts are `{"amount": "123.40", "currency": "EUR"}`, dates `YYYY-MM-DD`, instants ISO 8601 in UTC. What a type
holds is only ever added to; what would break a consumer becomes a new type.
"""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

PAYLOAD_VERSION = 1

BOOKING_HELD = "booking.held"
BOOKING_CONFIRMED = "booking.confirmed"
BOOKING_CHANGED = "booking.changed"
BOOKING_CANCELLED = "booking.cancelled"
BOOKING_EXPIRED = "booking.expired"
BOOKING_CHECKED_IN = "booking.checked_in"
BOOKING_CHECKED_OUT = "booking.checked_out"
BOOKING_NO_SHOW = "booking.no_show"
PAYMENT_CAPTURED = "payment.captured"
PAYMENT_FAILED = "payment.failed"
PAYMENT_REFUNDED = "payment.refunded"
PAYMENT_DISPUTED = "payment.disputed"
WAITLIST_JOINED = "waitlist.joined"
WAITLIST_OFFERED = "waitlist.offered"
WAITLIST_ACCEPTED = "waitlist.accepted"
REVIEW_PUBLISHED = "review.published"
INVENTORY_CHANGED = "inventory.changed"
RATES_CHANGED = "rates.changed"
CALENDAR_CONFLICT = "calendar.conflict"

WEBHOOK_TEST = "webhook.test"
"""Sent on request to one endpoint; no event of a property, and without a number."""

EVENT_TYPES: dict[str, str | Promise] = {
    BOOKING_HELD: _("rooms are held for a guest"),
    BOOKING_CONFIRMED: _("a booking is confirmed"),
    BOOKING_CHANGED: _("details of a booking have changed"),
    BOOKING_CANCELLED: _("a booking is cancelled"),
    BOOKING_EXPIRED: _("a hold has run out"),
    BOOKING_CHECKED_IN: _("a guest has arrived"),
    BOOKING_CHECKED_OUT: _("a guest has left"),
    BOOKING_NO_SHOW: _("a guest has not come"),
    PAYMENT_CAPTURED: _("money has come"),
    PAYMENT_FAILED: _("a payment has failed"),
    PAYMENT_REFUNDED: _("money has gone back"),
    PAYMENT_DISPUTED: _("a guest disputes a payment"),
    WAITLIST_JOINED: _("a guest waits for a room"),
    WAITLIST_OFFERED: _("a waiting guest is offered a room"),
    WAITLIST_ACCEPTED: _("a waiting guest has taken the offer"),
    REVIEW_PUBLISHED: _("a review is published"),
    INVENTORY_CHANGED: _("the number of free rooms has changed"),
    RATES_CHANGED: _("prices or restrictions have changed"),
    CALENDAR_CONFLICT: _("an outside calendar wants rooms that are taken"),
}

COALESCED_TYPES = frozenset({INVENTORY_CHANGED, RATES_CHANGED})
"""Told once per transaction and property: what is in `data["changes"]` is added up."""
