"""What cancelling a sold stay costs, now and later: pure functions over the terms as they were sold.

What a tier means stands in `inventory.pricing.policies`, which made the terms. Bookings that were sold elsewhere may
have none: cancelling them costs the total.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from inventory.pricing import policies
from inventory.pricing.policies import cancellation_penalty

from .types import CancellationStep


@dataclass(frozen=True, slots=True)
class Sold:
    """What of a sold stay its fees are made of. ``night_prices`` is the price of each night, all rooms together."""

    total: Decimal
    currency: str
    rooms: int
    night_prices: Mapping[date, Decimal]
    terms: Mapping[str, Any]

    @property
    def arrival_at(self) -> datetime | None:
        """The instant of arrival; None where the terms are not known (imported bookings)."""
        text = self.terms.get("arrival_at")
        return datetime.fromisoformat(text) if text else None


def cancellation_fee(sold: Sold, *, at: datetime) -> Decimal:
    """The fee of cancelling at ``at``, between 0 and the total, rounded once."""
    if sold.arrival_at is None:
        return sold.total
    return cancellation_penalty(
        terms=sold.terms,
        total=sold.total,
        prices=sold.night_prices,
        rooms=sold.rooms,
        currency=sold.currency,
        at=at,
    )


def no_show_fee(sold: Sold) -> Decimal:
    """The fee when nobody comes: a percentage of the total, all of it where the terms are not known."""
    if "no_show_percent" not in sold.terms:
        return sold.total
    return policies.no_show_fee(terms=sold.terms, total=sold.total, currency=sold.currency)


def cancellation_steps(sold: Sold, *, at: datetime) -> tuple[CancellationStep, ...]:
    """What cancelling costs from ``at`` on, in order of time; neighbours of the same fee are one step."""
    arrival_at = sold.arrival_at
    boundaries = (
        [arrival_at - timedelta(hours=tier["hours_before"]) for tier in _tiers(sold.terms)]
        if arrival_at
        else []
    )
    steps: list[CancellationStep] = []
    for boundary in boundaries:
        if boundary < at:
            continue
        fee = cancellation_fee(sold, at=boundary)
        if steps and steps[-1].fee == fee:
            steps.pop()
        steps.append(CancellationStep(until=boundary, fee=fee))
    if steps and steps[-1].fee == sold.total:
        steps.pop()
    return (*steps, CancellationStep(until=None, fee=sold.total))


def free_until(steps: Iterable[CancellationStep]) -> datetime | None:
    """Until when cancelling is free, if it is free now."""
    first = next(iter(steps))
    return first.until if not first.fee else None


def _tiers(terms: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The tiers, the one with the most hours first: in order of time."""
    return sorted(terms.get("tiers", ()), key=lambda tier: tier["hours_before"], reverse=True)
