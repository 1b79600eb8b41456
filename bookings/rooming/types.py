"""What a plan is made from and what it says. Nights are counted as whole numbers (``date.toordinal``), half-open."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

Key = tuple[int, int, int]
"""Booking, room of the booking, first night: one stretch of nights that needs a room."""


@dataclass(frozen=True, slots=True, eq=False)
class Place:
    """One room. ``warned``: it is out of service for some of the time, and is given last."""

    id: int
    floor: str = ""
    number: str = ""
    features: frozenset[str] = frozenset()
    is_clean: bool = True
    warned: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Need:
    """Nights ``[start, end)`` of one guest room. ``party``: whose rooms should be close together.

    ``keeps``: the room it has on other nights, or had in the plan before; nobody is sent elsewhere without need.
    """

    key: Key
    start: int
    end: int
    wishes: frozenset[str] = frozenset()
    party: str = ""
    keeps: int | None = None
    needs_clean: bool = False


@dataclass(frozen=True, slots=True)
class Piece:
    """A room on the nights ``[start, end)``."""

    room: int
    start: int
    end: int


@dataclass(slots=True)
class RoomPlan:
    """The rooms of each need in order of time, and the nights on which there is no room for a need.

    ``moves``: how often guests change rooms during their stay.
    """

    pieces: dict[Key, list[Piece]] = field(default_factory=dict)
    left: dict[Key, list[int]] = field(default_factory=dict)

    @property
    def moves(self) -> int:
        return sum(len(pieces) - 1 for pieces in self.pieces.values())


Busy = Mapping[int, list[tuple[int, int]]]
"""Nights on which a room is not to be had, by room; sorted, without overlaps."""
