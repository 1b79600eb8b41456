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
PAYMENT_REFUND_FAILED = "payment.refund_failed"
PAYMENT_DISPUTED = "payment.disputed"
WAITLIST_JOINED = "waitlist.joined"
WAITLIST_OFFERED = "waitlist.offered"
WAITLIST_ACCEPTED = "waitlist.accepted"
REVIEW_PUBLISHED = "review.published"
INVENTORY_CHANGED = "inventory.changed"
RATES_CHANGED = "rates.changed"
CALENDAR_CONFLICT = "calendar.conflict"
SPACE_REQUESTED = "space.requested"
SPACE_HELD = "space.held"
SPACE_APPROVED = "space.approved"
SPACE_CONFIRMED = "space.confirmed"
SPACE_DECLINED = "space.declined"
SPACE_CHANGED = "space.changed"
SPACE_CANCELLED = "space.cancelled"
SPACE_EXPIRED = "space.expired"
SPACE_CHECKED_IN = "space.checked_in"
SPACE_COMPLETED = "space.completed"
SPACE_NO_SHOW = "space.no_show"

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
    PAYMENT_REFUND_FAILED: _("money could not go back, or came back"),
    PAYMENT_DISPUTED: _("a guest disputes a payment"),
    WAITLIST_JOINED: _("a guest waits for a room"),
    WAITLIST_OFFERED: _("a waiting guest is offered a room"),
    WAITLIST_ACCEPTED: _("a waiting guest has taken the offer"),
    REVIEW_PUBLISHED: _("a review is published"),
    INVENTORY_CHANGED: _("the number of free rooms has changed"),
    RATES_CHANGED: _("prices or restrictions have changed"),
    CALENDAR_CONFLICT: _("an outside calendar wants rooms that are taken"),
    SPACE_REQUESTED: _("a space is asked for"),
    SPACE_HELD: _("a space is held for a guest"),
    SPACE_APPROVED: _("a request for a space is approved"),
    SPACE_CONFIRMED: _("a booking of a space is confirmed"),
    SPACE_DECLINED: _("a request for a space is declined"),
    SPACE_CHANGED: _("details of a booking of a space have changed"),
    SPACE_CANCELLED: _("a booking of a space is cancelled"),
    SPACE_EXPIRED: _("a request or hold of a space has run out"),
    SPACE_CHECKED_IN: _("the guest of a space has come"),
    SPACE_COMPLETED: _("a booking of a space is over"),
    SPACE_NO_SHOW: _("nobody has come to a space"),
}

COALESCED_TYPES = frozenset({INVENTORY_CHANGED, RATES_CHANGED})
"""Told once per transaction and property: what is in `data["changes"]` is added up."""
