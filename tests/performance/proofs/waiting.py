"""Indexes of the waitlist and of price alerts, each with what reads by it."""

from __future__ import annotations

from accounts.models import User
from tests.performance.proving import Proofs
from waitlist.selectors import alerts, lists, offers, queue
from waitlist.services.alert_checks import alerts_tidy

STAFF = User(pk=1, is_staff=True, is_superuser=True)

PROOFS: Proofs = {
    "waitlist_status_dates": lambda world: queue.entries_over(at=world.at, limit=100),
    "waitlist_room_type_status": lambda world: list(
        lists.entries_visible(
            user=STAFF, room_type_id=world.room_type, statuses=["waiting"], order="-created_at"
        )[:20]
    ),
    "waitlist_queue": lambda world: list(queue.entries_waiting(property_id=world.house)),
    "waitlist_offer_open": lambda world: offers.offers_over(at=world.at, limit=100),
    "price_alert_active": lambda world: alerts.alerts_watch(property_id=world.house),
    "price_alert_pending": lambda world: alerts_tidy(at=world.at),
}
