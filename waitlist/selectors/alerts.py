"""Reads about price alerts."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.db import connection
from django.db.models import Case, Q, QuerySet, When

from accounts.models import User
from waitlist.alert_exceptions import AlertNotFound
from waitlist.alert_links import alert_token_matches
from waitlist.models import OPEN_STATUSES, AlertStatus, PriceAlert, PriceDrop

RECHECK_MINUTES = 60
"""So often a price is looked at though no rate changed: rooms come free, and special days, taxes and plans change."""
OVERLAP_MINUTES = 10
"""A transaction that changed rates may have taken so long to commit; a second look costs nothing."""

DUE_SQL = """
SELECT a.property_id, a.id
FROM waitlist_pricealert a
WHERE a.status = 'active' AND (%(property_id)s::bigint IS NULL OR a.property_id = %(property_id)s)
  AND (a.checked_at IS NULL OR a.checked_at < %(recheck_before)s
    OR EXISTS (
      SELECT FROM inventory_pricechange c
      WHERE c.room_type_id = ANY(ARRAY(
          SELECT t.id FROM inventory_roomtype t
          WHERE t.property_id = a.property_id AND (a.room_type_id IS NULL OR t.id = a.room_type_id)))
        AND c.changed_at > a.checked_at - %(overlap)s::interval
        AND c.stay_month < a.departure AND c.nights[cardinality(c.nights)] >= a.arrival
        AND EXISTS (SELECT FROM unnest(c.nights) night WHERE night >= a.arrival AND night < a.departure)))
ORDER BY a.property_id, a.id
"""


def alerts_due(*, at: datetime, property_id: int | None = None) -> dict[int, list[int]]:
    """Return the ids of active alerts to look at, by property: nights changed their rate since, or an hour is over.

    One query, however many.
    """
    found: dict[int, list[int]] = defaultdict(list)
    values: dict[str, Any] = {
        "property_id": property_id,
        "recheck_before": at - timedelta(minutes=RECHECK_MINUTES),
        "overlap": timedelta(minutes=OVERLAP_MINUTES),
    }
    with connection.cursor() as cursor:
        cursor.execute(DUE_SQL, values)
        for of_property, alert_id in cursor.fetchall():
            found[of_property].append(alert_id)
    return dict(found)


def alerts_of_stay(*, room_type_id: int, arrival: date, departure: date) -> QuerySet[PriceAlert]:
    """Active alerts one of whose nights is in ``[arrival, departure)`` of the room type. One query."""
    return PriceAlert.objects.filter(
        Q(room_type_id=room_type_id) | Q(room_type__isnull=True, property__room_types=room_type_id),
        status=AlertStatus.ACTIVE,
        arrival__lt=departure,
        departure__gt=arrival,
    )


def alerts_watch(*, property_id: int) -> bool:
    """Whether anybody watches a price of the property. One query."""
    return PriceAlert.objects.filter(property_id=property_id, status=AlertStatus.ACTIVE).exists()


def alerts_open_of(*, user: User | None, email: str) -> int:
    """How many alerts an account, or an address without one, has open. One query."""
    whose = Q(user=user) if user is not None else Q(user__isnull=True, guest_email__iexact=email)
    return PriceAlert.objects.filter(whose, status__in=OPEN_STATUSES).count()


def alerts_of_user(*, user: User) -> QuerySet[PriceAlert]:
    """The account's alerts with house and room type, those that are open first, by arrival. One query."""
    return (
        PriceAlert.objects.filter(user=user)
        .select_related("property", "room_type")
        .order_by(Case(When(status=AlertStatus.ENDED, then=1), default=0), "arrival", "pk")
    )


def alert_for_access(*, reference: str, user: User | AnonymousUser, token: str = "") -> PriceAlert:
    """Return an alert to its owner, or to who has its token. One query.

    Raises `AlertNotFound` for an unknown alert and for somebody else's, alike.
    """
    alert = (
        PriceAlert.objects.filter(reference=reference).select_related("property", "room_type", "user").first()
    )
    if alert is not None:
        if token and alert_token_matches(alert.reference, token):
            return alert
        if user.is_authenticated and alert.user_id == user.pk:
            return alert
    raise AlertNotFound


def totals_told(*, alert_ids: Iterable[int]) -> dict[int, frozenset[Decimal]]:
    """Return the totals that were told of each alert. One query."""
    told: dict[int, set[Decimal]] = defaultdict(set)
    for alert_id, total in PriceDrop.objects.filter(alert_id__in=list(alert_ids)).values_list(
        "alert_id", "total"
    ):
        told[alert_id].add(total)
    return {alert_id: frozenset(totals) for alert_id, totals in told.items()}
