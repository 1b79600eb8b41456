"""From an entry to a message and an event, in the caller's transaction."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

from django.utils.translation import override

from core.money import round_money
from notifications.contexts import property_context
from notifications.services import notification_enqueue
from notifications.services.events import domain_event_record
from notifications.types import (
    WAITLIST_EXPIRED,
    WAITLIST_JOINED,
    WAITLIST_OFFERED,
    WaitlistContext,
    events,
)
from notifications.types import (
    WaitlistOffer as OfferContext,
)
from waitlist.links import entry_url, offer_url
from waitlist.models import WaitlistEntry, WaitlistOffer
from waitlist.transitions import ACTIVE_STATUSES


def joined_tell(entry: WaitlistEntry, *, at: datetime) -> None:
    """Tell the guest and the programs that somebody waits."""
    _mail(entry, WAITLIST_JOINED, key=f"waitlist-joined:{entry.pk}")
    _event(entry, events.WAITLIST_JOINED, at=at)


def offered_tell(entry: WaitlistEntry, offer: WaitlistOffer, *, at: datetime) -> None:
    """Tell the guest and the programs that rooms are kept."""
    _mail(entry, WAITLIST_OFFERED, key=f"waitlist-offered:{offer.pk}", offer=offer)
    _event(entry, events.WAITLIST_OFFERED, at=at, offer=offer)


def accepted_tell(entry: WaitlistEntry, offer: WaitlistOffer, *, at: datetime) -> None:
    """Tell the programs; the guest hears from the booking."""
    _event(entry, events.WAITLIST_ACCEPTED, at=at, offer=offer)


def expired_tell(entry: WaitlistEntry, offer: WaitlistOffer | None = None) -> None:
    """Tell the guest that an offer is over because nobody took it; without one, that the days are gone."""
    key = f"waitlist-expired:{entry.pk}" + (f":{offer.pk}" if offer else "")
    _mail(entry, WAITLIST_EXPIRED, key=key, offer=offer)


def _mail(entry: WaitlistEntry, message_type: str, *, key: str, offer: WaitlistOffer | None = None) -> None:
    with override(entry.language):
        context: dict[str, Any] = {**_entry_context(entry), **(_offer_context(offer) if offer else {})}
    if message_type == WAITLIST_EXPIRED:
        context["is_waiting"] = entry.status in ACTIVE_STATUSES
    notification_enqueue(
        type=message_type,
        recipient=entry.guest_email,
        context=context,
        dedup_key=key,
        language=entry.language,
        user=entry.user,
        property_id=entry.property_id,
        phone=str(entry.guest_phone),
    )


def _entry_context(entry: WaitlistEntry) -> WaitlistContext:
    return {
        "guest_name": entry.guest_name,
        "property": property_context(entry.property),
        "currency": entry.currency,
        "arrival": entry.arrival.isoformat(),
        "departure": entry.departure.isoformat(),
        "flexible_days": entry.flexible_days,
        "rooms": entry.rooms,
        "adults": entry.adults,
        "children_ages": list(entry.children_ages),
        "room_type": entry.room_type.name if entry.room_type else "",
        "max_total": None if entry.max_total is None else _amount(entry.max_total, entry.currency),
        "url": entry_url(entry),
    }


def _offer_context(offer: WaitlistOffer) -> OfferContext:
    """Booking, room type and rate plan are at hand."""
    booking = offer.booking
    return {
        "offer_arrival": booking.arrival.isoformat(),
        "offer_departure": booking.departure.isoformat(),
        "offer_room_type": booking.room_type.name,
        "rate_plan": booking.rate_plan.name,
        "total": _amount(offer.total, offer.currency),
        "expires_at": offer.expires_at.isoformat(),
        "accept_url": offer_url(offer, answer="accept"),
        "decline_url": offer_url(offer, answer="decline"),
    }


def _event(
    entry: WaitlistEntry, event_type: str, *, at: datetime, offer: WaitlistOffer | None = None
) -> None:
    data: dict[str, Any] = {
        "entry": entry.reference,
        "status": entry.status,
        "arrival": entry.arrival.isoformat(),
        "departure": entry.departure.isoformat(),
        "flexible_days": entry.flexible_days,
        "rooms": entry.rooms,
        "adults": entry.adults,
        "children_ages": list(entry.children_ages),
        "room_type": entry.room_type_id,
    }
    if offer is not None:
        data["offer"] = {
            "reference": offer.reference,
            "booking": offer.booking.reference,
            "room_type": offer.booking.room_type_id,
            "arrival": offer.booking.arrival.isoformat(),
            "departure": offer.booking.departure.isoformat(),
            "total": {"amount": _amount(offer.total, offer.currency), "currency": offer.currency},
            "expires_at": offer.expires_at.isoformat(),
        }
    domain_event_record(
        type=event_type,
        property_id=entry.property_id,
        subject=f"waitlist:{entry.reference}",
        data=data,
        at=at,
    )


def _amount(value: Decimal, currency: str) -> str:
    return str(round_money(value, currency))
