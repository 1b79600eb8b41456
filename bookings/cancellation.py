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

TERMS_OF_PLAN = ("policy", "tiers", "no_show_percent")
"""What of the terms is the plan's; the rest is the stay's."""


@dataclass(frozen=True, slots=True)
class Sold:
    """What of a sold stay its fees are made of. ``night_prices`` is the price of each night, all rooms together.

    ``fees`` were charged for changes, beside the total, and are kept whatever happens.
    """

    total: Decimal
    currency: str
    rooms: int
    night_prices: Mapping[date, Decimal]
    terms: Mapping[str, Any]
    fees: Decimal = Decimal(0)

    @property
    def arrival_at(self) -> datetime | None:
        """The instant of arrival; None where the terms are not known (imported bookings)."""
        text = self.terms.get("arrival_at")
        return datetime.fromisoformat(text) if text else None


def cancellation_fee(sold: Sold, *, at: datetime) -> Decimal:
    """The fee of cancelling at ``at``, between 0 and the total, rounded once; fees for changes come on top.

    The strictest of the terms the stay was sold with counts, and never less than what cancelling cost when the stay
    was changed (`terms_after_change`).
    """
    if sold.arrival_at is None:
        return sold.total + sold.fees
    penalties = [
        cancellation_penalty(
            terms=terms,
            total=sold.total,
            prices=sold.night_prices,
            rooms=sold.rooms,
            currency=sold.currency,
            at=at,
        )
        for terms in _every_terms(sold.terms)
    ]
    return min(max([*penalties, _floor(sold.terms)]), sold.total) + sold.fees


def no_show_fee(sold: Sold) -> Decimal:
    """The fee when nobody comes: a percentage of the total, all of it where the terms are not known."""
    if "no_show_percent" not in sold.terms:
        return sold.total + sold.fees
    fees = [
        policies.no_show_fee(terms=terms, total=sold.total, currency=sold.currency)
        for terms in _every_terms(sold.terms)
    ]
    return min(max([*fees, _floor(sold.terms)]), sold.total) + sold.fees


def is_refundable(terms: Mapping[str, Any]) -> bool:
    """Whether cancelling ever costs less than everything."""
    return "arrival_at" in terms and all(
        any(
            tier["penalty_kind"] != policies.PenaltyKind.PERCENT or Decimal(tier["penalty_value"]) < 100
            for tier in variant.get("tiers", ())
        )
        for variant in _every_terms(terms)
    )


def terms_after_change(
    *, before: Mapping[str, Any], after: Mapping[str, Any], is_same_plan: bool, floor: Decimal
) -> dict[str, Any]:
    """The cancellation terms of a stay that becomes another one: nobody escapes a fee by changing first.

    At the same plan the terms stay as they were sold and count back from the new arrival. At another plan the stricter
    of both count at each moment. ``floor`` is what cancelling would have cost when the stay was changed: it is the
    least that cancelling costs from then on, so that a stay that is moved far away and cancelled costs what it would
    have cost to cancel it at once. Terms that are not known (imported bookings) stay unknown: all is kept.
    """
    if "arrival_at" not in before:
        return dict(before)
    when = {"arrival_at": after["arrival_at"], "time_zone": after["time_zone"]}
    merged: dict[str, Any] = {**before, **when}
    if not is_same_plan:
        old = [{key: before[key] for key in TERMS_OF_PLAN if key in before}, *before.get("stricter", ())]
        merged = {**after, "stricter": [terms for terms in old if not _are_equal(terms, after)]}
    merged["floor"] = str(max(floor, _floor(before)))
    return merged


def cancellation_steps(sold: Sold, *, at: datetime) -> tuple[CancellationStep, ...]:
    """What cancelling costs from ``at`` on, in order of time; neighbours of the same fee are one step."""
    arrival_at = sold.arrival_at
    hours = {tier["hours_before"] for terms in _every_terms(sold.terms) for tier in terms.get("tiers", ())}
    boundaries = (
        [arrival_at - timedelta(hours=before) for before in sorted(hours, reverse=True)] if arrival_at else []
    )
    everything = sold.total + sold.fees
    steps: list[CancellationStep] = []
    for boundary in boundaries:
        if boundary < at:
            continue
        fee = cancellation_fee(sold, at=boundary)
        if steps and steps[-1].fee == fee:
            steps.pop()
        steps.append(CancellationStep(until=boundary, fee=fee))
    if steps and steps[-1].fee == everything:
        steps.pop()
    return (*steps, CancellationStep(until=None, fee=everything))


def free_until(steps: Iterable[CancellationStep]) -> datetime | None:
    """Until when cancelling is free, if it is free now."""
    first = next(iter(steps))
    return first.until if not first.fee else None


def _every_terms(terms: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The terms, and those of plans the stay was sold at before; all count back from the same arrival."""
    return [terms, *({**terms, **earlier} for earlier in terms.get("stricter", ()))]


def _floor(terms: Mapping[str, Any]) -> Decimal:
    return Decimal(terms.get("floor", 0))


def _are_equal(left: Mapping[str, Any], right: Mapping[str, Any]) -> bool:
    return all(left.get(key) == right.get(key) for key in ("tiers", "no_show_percent"))
