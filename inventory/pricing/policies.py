"""Deposits, cancellation terms as sold, and what cancelling costs."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from core.dates import StayDates, local_datetime
from core.money import round_money
from inventory.models.policies import DepositKind, PenaltyKind

from .data import PlanTerms, PropertyTerms

HUNDRED = Decimal(100)


def deposit_due(
    *, plan: PlanTerms, total: Decimal, first_night: Decimal, rooms: int, currency: str
) -> Decimal:
    """Return what is due when booking, never more than the total. ``first_night`` is all rooms' price."""
    amounts = {
        DepositKind.NONE: Decimal(0),
        DepositKind.PERCENT: total * plan.deposit_value / HUNDRED,
        DepositKind.FIRST_NIGHT: first_night,
        DepositKind.AMOUNT: plan.deposit_value * rooms,
        DepositKind.FULL: total,
    }
    return min(round_money(amounts[DepositKind(plan.deposit_kind)], currency), total)


def cancellation_terms(*, house: PropertyTerms, plan: PlanTerms, stay: StayDates) -> dict[str, Any]:
    """Return the snapshot of the policy that is sold with the stay, as JSON; tiers have the most hours first.

    ``changes`` says what the guest may change, and what it costs.
    """
    arrival_at = local_datetime(stay.arrival, house.arrival_from, house.time_zone)
    return {
        "policy": plan.cancellation_name,
        "tiers": [
            {
                "hours_before": tier.hours_before,
                "penalty_kind": str(tier.penalty_kind),
                "penalty_value": str(tier.penalty_value),
            }
            for tier in plan.tiers
        ],
        "no_show_percent": str(plan.no_show_percent),
        "changes": {
            "guest": str(plan.guest_changes),
            "hours_before": plan.change_hours_before,
            "fee": str(plan.change_fee),
            "early_departure_percent": str(plan.early_departure_percent),
        },
        "arrival_at": arrival_at.isoformat(),
        "time_zone": house.time_zone,
    }


def cancellation_penalty(
    *,
    terms: Mapping[str, Any],
    total: Decimal,
    prices: Mapping[date, Decimal],
    rooms: int,
    currency: str,
    at: datetime,
) -> Decimal:
    """Return what cancelling at ``at`` (aware) costs, never more than the total.

    ``prices`` are the nights' prices, all rooms together. Of the tiers whose hours before arrival are not over yet
    the one with the most hours counts; without one the whole total is kept.
    """
    tier = _tier_at(terms, at)
    if tier is None:
        return total
    value = Decimal(tier["penalty_value"])
    if tier["penalty_kind"] == PenaltyKind.PERCENT:
        penalty = total * value / HUNDRED
    elif tier["penalty_kind"] == PenaltyKind.NIGHTS:
        penalty = sum((prices[night] for night in sorted(prices)[: int(value)]), Decimal(0))
    else:
        penalty = value * rooms
    return min(round_money(penalty, currency), total)


def no_show_fee(*, terms: Mapping[str, Any], total: Decimal, currency: str) -> Decimal:
    """Return what not coming costs."""
    return round_money(total * Decimal(terms["no_show_percent"]) / HUNDRED, currency)


def cancellation_free_until(terms: Mapping[str, Any]) -> datetime | None:
    """Return the instant (UTC) until which cancelling is free: that of the last free tier. None if it never is."""
    free = [tier["hours_before"] for tier in terms["tiers"] if not Decimal(tier["penalty_value"])]
    if not free:
        return None
    return _arrival_at(terms) - timedelta(hours=min(free))


def plan_free_until(*, house: PropertyTerms, plan: PlanTerms, stay: StayDates) -> datetime | None:
    """Return what `cancellation_free_until` would say of a stay sold now."""
    free = [tier.hours_before for tier in plan.tiers if not tier.penalty_value]
    if not free:
        return None
    return local_datetime(stay.arrival, house.arrival_from, house.time_zone) - timedelta(hours=min(free))


def _tier_at(terms: Mapping[str, Any], at: datetime) -> Mapping[str, Any] | None:
    arrival_at = _arrival_at(terms)
    fitting = [tier for tier in terms["tiers"] if at <= arrival_at - timedelta(hours=tier["hours_before"])]
    return max(fitting, key=lambda tier: tier["hours_before"], default=None)


def _arrival_at(terms: Mapping[str, Any]) -> datetime:
    return datetime.fromisoformat(terms["arrival_at"])
