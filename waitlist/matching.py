"""Which stays that can be sold now are what somebody waits for: nearest dates first, then the cheapest. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import partial

from core.dates import StayDates
from inventory.pricing.data import House
from inventory.pricing.restrictions import dates_reason
from inventory.selectors.candidates import Ask
from inventory.selectors.nights import StayNights

from .types import Fit, Obstacle, Offerable, Wish


@dataclass
class Market:
    """What a house can sell: its terms, its rates, and its free rooms by room type and night.

    ``free`` changes as rooms are taken, so that what one is offered is not counted again for the next.
    """

    house: House
    nights: StayNights
    free: dict[int, dict[date, int]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not self.free:
            self.free = {room_type: dict(nights) for room_type, nights in self.nights.free.items()}

    @property
    def has_rooms(self) -> bool:
        """Whether any room is free on any night."""
        return any(rooms > 0 for nights in self.free.values() for rooms in nights.values())

    def is_free(self, *, room_type_id: int, stay: StayDates, rooms: int) -> bool:
        """Whether so many rooms are free on all nights."""
        nights = self.free.get(room_type_id, {})
        return all(nights.get(night, 0) >= rooms for night in stay.dates())

    def take(self, fit: Fit, *, rooms: int) -> None:
        """Count rooms as gone."""
        nights = self.free[fit.room_type_id]
        for night in fit.stay.dates():
            nights[night] = nights.get(night, 0) - rooms

    def gone(self, fit: Fit) -> None:
        """Count all rooms of a stay as gone: somebody else was faster."""
        nights = self.free[fit.room_type_id]
        for night in fit.stay.dates():
            nights[night] = 0


Stays = Collection[tuple[int, date, date]]


def fits(*, market: Market, wish: Wish, at: datetime, without: Stays = ()) -> Iterator[Fit]:
    """Yield the stays that fit a wish, nearest dates first, and of equally near ones the cheapest first.

    All nights are free in the quantity that is wished, the guests fit, no rule or restriction forbids the stay at
    ``at``, and the total is within what the guest would pay. ``without`` are stays that are not wanted.
    """
    for distance in range(wish.flexible_days + 1):
        shifts = (0,) if distance == 0 else (-distance, distance)
        found = [
            fit for shift in shifts for fit in _fits_on(market, wish, shift, at) if fit.key not in without
        ]
        yield from sorted(found, key=lambda fit: (fit.total, fit.stay.arrival))


def total_is_acceptable(wish: Wish, total: Decimal, currency: str) -> bool:
    """Whether a stay is within what the guest would pay; a limit in another currency cannot be compared."""
    return wish.max_total is None or (wish.currency == currency and total <= wish.max_total)


def wish_can_ever_fit(*, market: Market, wish: Wish, at: datetime) -> bool:
    """Whether the guests fit into rooms of the kind that is wished, were they free."""
    ask = _ask(market, wish, wish.stay, at)
    return any(wish.room_type_id in (None, room_type.id) for room_type in ask.fitting)


def offerable(*, market: Market, wish: Wish, at: datetime) -> Offerable:
    """Everything that fits a wish now; where nothing does, what stands in the way."""
    found = list(fits(market=market, wish=wish, at=at))
    if found:
        return Offerable(found)
    if not market.house.property.is_published:
        return Offerable([], Obstacle.UNPUBLISHED)
    if not wish_can_ever_fit(market=market, wish=wish, at=at):
        return Offerable([], Obstacle.PARTY)
    dear = min(
        fits(market=market, wish=replace(wish, max_total=None), at=at),
        key=lambda fit: (fit.total, fit.stay.arrival),
        default=None,
    )
    if dear is not None:
        return Offerable([], Obstacle.TOO_DEAR, dear)
    is_free = any(
        _free(market, wish, _shifted(wish, shift))
        for shift in range(-wish.flexible_days, wish.flexible_days + 1)
    )
    return Offerable([], Obstacle.NOT_SOLD if is_free else Obstacle.FULL)


def _shifted(wish: Wish, shift: int) -> StayDates:
    days = timedelta(days=shift)
    return StayDates(wish.stay.arrival + days, wish.stay.departure + days)


def _free(market: Market, wish: Wish, stay: StayDates) -> list[int]:
    """The room types that are wished and have enough rooms on all nights."""
    return [
        room_type_id
        for room_type_id in market.free
        if wish.room_type_id in (None, room_type_id)
        and market.is_free(room_type_id=room_type_id, stay=stay, rooms=wish.party.rooms)
    ]


def _fits_on(market: Market, wish: Wish, shift: int, at: datetime) -> Iterator[Fit]:
    stay = _shifted(wish, shift)
    free = _free(market, wish, stay)
    if not free or not market.house.property.is_published:
        return
    if dates_reason(house=market.house, stay=stay, at=at) is not None:
        return
    ask = _ask(market, wish, stay, at)
    for room_type in ask.fitting:
        if room_type.id not in free:
            continue
        for candidate in ask.candidates(room_type, partial(_rates, market, stay)):
            if candidate.reason is not None:
                continue
            if total_is_acceptable(wish, candidate.total, market.house.property.currency):
                yield Fit(
                    room_type_id=room_type.id,
                    room_type_name=room_type.name,
                    rate_plan_id=candidate.plan.id,
                    rate_plan_name=candidate.plan.name,
                    stay=stay,
                    total=candidate.total,
                    currency=market.house.property.currency,
                )


def _ask(market: Market, wish: Wish, stay: StayDates, at: datetime) -> Ask:
    return Ask.at_house(
        house=market.house, stay=stay, party=wish.party, discount_percent=wish.discount_percent, at=at
    )


def _rates(market: Market, stay: StayDates, room_type_id: int, rate_plan_id: int) -> dict[date, Decimal]:
    """The rates of the stay's nights alone: the market is wider, and what is given is what is charged."""
    prices = market.nights.prices_of(room_type_id, rate_plan_id)
    return {night: prices[night] for night in stay.dates() if night in prices}
