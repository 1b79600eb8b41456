"""Looking at watched prices, and telling of drops: each drop once, and none that cannot be booked."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

import structlog
from django.db import transaction
from django.utils import timezone

from accounts.selectors import discounts_for_users
from core.dates import property_today
from core.outbox import effect_enqueue
from inventory.models import Property
from inventory.selectors.candidates import Candidate
from inventory.selectors.cheapest import StayWish, cheapest_offers
from notifications.contexts import property_context
from notifications.services import notification_enqueue
from notifications.types import PRICE_DROP
from waitlist.alert_links import alert_url, book_url
from waitlist.drops import Watch
from waitlist.models import AlertStatus, PriceAlert, PriceDrop
from waitlist.selectors.alerts import alerts_due, alerts_of_stay, alerts_watch, totals_told

from .alerts import CONFIRM_HOURS

CHECK = "waitlist.alerts_check"
BATCH = 100
COALESCE_SECONDS = 30
"""Changes of one property within so many seconds are looked at together."""

logger = structlog.get_logger(__name__)


@dataclass(slots=True)
class AlertsReport:
    """How many alerts were looked at, how many drops were told, how many alerts ended or were never confirmed."""

    looked_at: int = 0
    told: int = 0
    ended: int = 0
    unconfirmed: int = 0

    def as_json(self) -> dict[str, int]:
        """The report for logs and commands."""
        return asdict(self)


def alerts_check_enqueue(*, property_id: int, at: datetime | None = None) -> None:
    """Have a property's alerts looked at in a moment, once for all that changes until then. Two queries at most.

    In the caller's transaction. A transaction that commits after that moment is found by the scheduled job.
    """
    if not alerts_watch(property_id=property_id):
        return
    slot = int((at or timezone.now()).timestamp()) // COALESCE_SECONDS + 1
    effect_enqueue(
        kind=CHECK,
        payload={"property_id": property_id},
        dedup_key=f"{CHECK}:{property_id}:{slot}",
        due_at=datetime.fromtimestamp(slot * COALESCE_SECONDS, tz=timezone.get_default_timezone()),
        property_id=property_id,
        at=at,
    )


def alerts_check_enqueue_freed(
    *, room_type_id: int, arrival: date, departure: date, at: datetime | None = None
) -> None:
    """Have the alerts looked at that want nights which came free, in a moment. Two queries at most."""
    property_id = (
        alerts_of_stay(room_type_id=room_type_id, arrival=arrival, departure=departure)
        .values_list("property_id", flat=True)
        .first()
    )
    if property_id is None:
        return
    slot = int((at or timezone.now()).timestamp()) // COALESCE_SECONDS + 1
    stay = {"room_type_id": room_type_id, "arrival": arrival.isoformat(), "departure": departure.isoformat()}
    effect_enqueue(
        kind=CHECK,
        payload={"property_id": property_id, **stay},
        dedup_key=f"{CHECK}:{room_type_id}:{arrival}:{departure}:{slot}",
        due_at=datetime.fromtimestamp(slot * COALESCE_SECONDS, tz=timezone.get_default_timezone()),
        property_id=property_id,
        at=at,
    )


def alerts_check(*, property_id: int | None = None, at: datetime | None = None) -> AlertsReport:
    """Look at the prices of alerts whose nights changed, or that were not looked at for an hour, and tell of drops.

    One query finds them; each hundred of a property is one transaction of ten queries, and two for each drop. Locks the
    alerts, in the order of their ids, so two at once tell each drop once.
    """
    at = at or timezone.now()
    report = AlertsReport()
    for of_property, ids in alerts_due(at=at, property_id=property_id).items():
        _look(of_property, ids, at, report)
    return report


def alerts_check_stay(
    *, property_id: int, room_type_id: int, arrival: date, departure: date, at: datetime | None = None
) -> AlertsReport:
    """Look at the alerts that want one of these nights, whenever they were looked at last."""
    at = at or timezone.now()
    report = AlertsReport()
    wanted = alerts_of_stay(room_type_id=room_type_id, arrival=arrival, departure=departure)
    _look(property_id, list(wanted.order_by("pk").values_list("pk", flat=True)), at, report)
    return report


def alerts_tidy(*, at: datetime | None = None) -> AlertsReport:
    """End the alerts of stays whose arrival is over by the house's clock, and forget addresses never confirmed.

    Two queries, and one for each time zone that has alerts.
    """
    at = at or timezone.now()
    report = AlertsReport()
    old = PriceAlert.objects.filter(
        status=AlertStatus.PENDING, created_at__lt=at - timedelta(hours=CONFIRM_HOURS)
    )
    report.unconfirmed = old.delete()[1].get(PriceAlert._meta.label, 0)
    active = PriceAlert.objects.filter(status=AlertStatus.ACTIVE)
    zones = active.order_by().values_list("property__time_zone", flat=True).distinct()
    for zone in zones:
        houses = Property.objects.filter(time_zone=zone)
        over = active.filter(property__in=houses, arrival__lt=property_today(zone, at))
        report.ended += over.update(status=AlertStatus.ENDED, updated_at=at)
    return report


def _look(property_id: int, ids: Sequence[int], at: datetime, report: AlertsReport) -> None:
    for start in range(0, len(ids), BATCH):
        looked_at, told = _look_batch(property_id, ids[start : start + BATCH], at)
        report.looked_at += looked_at
        report.told += told


def _look_batch(property_id: int, ids: Sequence[int], at: datetime) -> tuple[int, int]:
    with transaction.atomic(durable=True):
        alerts = list(
            PriceAlert.objects.filter(pk__in=ids, status=AlertStatus.ACTIVE)
            .select_related("property", "user")
            .select_for_update(of=("self",))
            .order_by("pk")
        )
        if not alerts:
            return 0, 0
        discounts = discounts_for_users(user_ids={alert.user_id for alert in alerts if alert.user_id})
        wishes = [
            StayWish(
                alert.stay, alert.party, alert.room_type_id, discounts.get(alert.user_id or 0, Decimal(0))
            )
            for alert in alerts
        ]
        offers = cheapest_offers(property_id=property_id, wishes=wishes, at=at)
        told = totals_told(alert_ids=[alert.pk for alert in alerts])
        drops = [
            drop
            for alert, offer in zip(alerts, offers, strict=True)
            for drop in _seen(alert, offer, told.get(alert.pk, frozenset()), at)
        ]
        PriceAlert.objects.bulk_update(
            alerts, ["reference_total", "is_armed", "last_total", "checked_at"], batch_size=BATCH
        )
        for alert, offer, before in drops:
            _tell(alert, offer, before, at)
    return len(alerts), len(drops)


def _seen(
    alert: PriceAlert, offer: Candidate | None, told: frozenset[Decimal], at: datetime
) -> Iterator[tuple[PriceAlert, Candidate, Decimal | None]]:
    """Note in an alert what the stay costs now; yields it where that is to be told, with the price before."""
    watch = Watch(
        target_total=alert.target_total,
        drop_percent=None if alert.drop_percent is None else Decimal(alert.drop_percent),
        reference=alert.reference_total,
        is_armed=alert.is_armed,
        told=told,
    )
    # what a guest is told is the quote itself, every line of it
    total = None if offer is None else offer.quote.total
    after, is_told = watch.seen(total)
    before = alert.last_total if alert.target_total is not None else alert.reference_total
    alert.reference_total, alert.is_armed = after.reference, after.is_armed
    alert.checked_at = at
    if total is not None:
        alert.last_total = total
    if is_told and offer is not None:
        yield alert, offer, before


def _tell(alert: PriceAlert, offer: Candidate, before: Decimal | None, at: datetime) -> None:
    """Write the drop and its message; the database refuses the same price of the same alert twice."""
    quote = offer.quote
    drop = PriceDrop.objects.create(
        alert=alert,
        total=quote.total,
        before=before,
        currency=quote.currency,
        room_type_id=quote.room_type_id,
        rate_plan_id=quote.rate_plan_id,
        told_at=at,
    )
    higher = before if before is not None and before > quote.total else alert.target_total
    notification_enqueue(
        type=PRICE_DROP,
        recipient=alert.guest_email,
        context={
            "guest_name": alert.guest_name,
            "property": property_context(alert.property),
            "room_type": offer.room_type.name,
            "rate_plan": offer.plan.name,
            "arrival": alert.arrival.isoformat(),
            "departure": alert.departure.isoformat(),
            "adults": alert.adults,
            "children_ages": list(alert.children_ages),
            "rooms": alert.rooms,
            "currency": quote.currency,
            "before": str(higher if higher is not None else quote.total),
            "total": str(quote.total),
            "book_url": book_url(house=alert.property, stay=alert.stay, party=alert.party),
            "manage_url": alert_url(alert),
        },
        dedup_key=f"price_drop:{drop.pk}",
        language=alert.language,
        user=alert.user,
        property_id=alert.property_id,
    )
    logger.info("price_drop_told", alert=alert.reference, total=str(quote.total))
