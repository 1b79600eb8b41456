"""Which of the free rooms is the best for a stay: the smallest score wins."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from .types import Need, Place

STRONG_WISHES = {"accessible": 20.0}
"""Wishes that weigh more than others: who needs a room they can enter needs it."""


class Scorer:
    """Remembers where the rooms of each party are, so that the next one comes close to them."""

    def __init__(self, rooms: Sequence[Place]) -> None:
        self.floors: dict[str, list[str]] = defaultdict(list)
        numbers = sorted({_floor(room.floor) for room in rooms})
        self.highest = max(numbers, default=0.0)
        self.lowest = min(numbers, default=0.0)
        self._fits: dict[frozenset[str], dict[int, tuple[float, float]]] = {}

    def pleasant(self, need: Need, room: Place, until: int) -> tuple[float, ...]:
        """Keep who is there, then wishes, one floor for a party, clean rooms today; then waste nothing."""
        known = self._fits.get(need.wishes)
        if known is None:
            known = self._fits[need.wishes] = {}
        fit = known.get(room.id)
        if fit is None:
            fit = known[room.id] = (
                -self.wishes_met(need.wishes, room),
                float(len(room.features - need.wishes)),
            )
        is_warned = bool(room.warned) and any(
            start < need.end and end > need.start for start, end in room.warned
        )
        return (
            need.keeps != room.id,
            is_warned,
            fit[0],
            self._distance(need, room) if need.party else 0,
            need.needs_clean and not room.is_clean,
            fit[1],
            until,
            room.id,
        )

    def tight(self, need: Need, room: Place, until: int) -> tuple[float, ...]:
        """The room that is closed soonest after the stay: long gaps are kept for long stays."""
        return (float(until), *self.pleasant(need, room, until))

    def wishes_met(self, wishes: frozenset[str], room: Place) -> float:
        """How many wishes the room fulfils, the strong ones weighted; floors count by how high or low they are."""
        met = sum(STRONG_WISHES.get(wish, 1.0) for wish in wishes & room.features)
        if self.highest > self.lowest:
            height = (_floor(room.floor) - self.lowest) / (self.highest - self.lowest)
            missing = wishes - room.features
            met += 0.9 * height * ("high_floor" in missing)
            met += 0.9 * (1 - height) * ("low_floor" in missing)
        return met

    def _distance(self, need: Need, room: Place) -> float:
        """How many of the party's rooms are on other floors. The first one of a party opens its floor."""
        return float(sum(floor != room.floor for floor in self.floors[need.party]))

    def placed(self, need: Need, room: Place) -> None:
        """The need has this room now."""
        if need.party:
            self.floors[need.party].append(room.floor)


def _floor(name: str) -> float:
    """The number of a floor; the ground floor, and what is no number, is 0."""
    try:
        return float(name)
    except ValueError:
        return 0.0
