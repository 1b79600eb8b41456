"""What somebody wants to change about many nights at once, and what that changes. No database here."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, Self

from core.dates import date_range
from core.money import round_money

WEEK = 7
STEPS = ("add", "percent")
KEEPING = (*STEPS, "import")
"""Where the same price is no change, whoever set it."""
"""Kinds that change nothing where they lead to the price that is there."""

ALL_WEEKDAYS = (0, 1, 2, 3, 4, 5, 6)

Cell = tuple[int, int | None, date]
"""Room type, rate plan, night; without a plan it is the number of rooms."""


@dataclass(frozen=True, slots=True)
class CellValue:
    """What stands in a cell: a price at standard occupancy (set by hand or by a season), or a number of rooms."""

    value: Decimal
    by_hand: bool = False


@dataclass(frozen=True, slots=True)
class CellChange:
    """One cell before and after; None is an empty one."""

    room_type_id: int
    rate_plan_id: int | None
    date: date
    before: Decimal | None
    after: Decimal | None
    before_by_hand: bool = False
    after_by_hand: bool = True

    @property
    def cell(self) -> Cell:
        """Where it is."""
        return (self.room_type_id, self.rate_plan_id, self.date)

    def as_json(self) -> list[Any]:
        """A row of ``RateEdit.changes``."""
        return [
            self.room_type_id,
            self.rate_plan_id,
            self.date.isoformat(),
            None if self.before is None else str(self.before),
            None if self.after is None else str(self.after),
            self.before_by_hand,
            self.after_by_hand,
        ]

    @classmethod
    def from_json(cls, row: Sequence[Any]) -> Self:
        """Read a row of ``RateEdit.changes``."""
        room_type_id, rate_plan_id, night, before, after, before_by_hand, after_by_hand = row
        return cls(
            room_type_id,
            rate_plan_id,
            date.fromisoformat(night),
            None if before is None else Decimal(before),
            None if after is None else Decimal(after),
            before_by_hand,
            after_by_hand,
        )


@dataclass(frozen=True, slots=True)
class RateWish:
    """A change of the nights ``first`` to ``last`` (both included) on some weekdays (0 is Monday).

    ``kind`` is a `RateEditKind`. ``value`` is a price, an amount, a percentage or a number of rooms; ``whole`` rounds
    prices to whole units of the currency. A copy takes the night ``shift`` days earlier (negative: later), of
    ``source_plan_id`` where it is set. ``cells`` are the rows of an imported file: (room type, plan or None, night,
    value).
    """

    kind: str
    room_type_ids: tuple[int, ...] = ()
    rate_plan_ids: tuple[int, ...] = ()
    first: date | None = None
    last: date | None = None
    weekdays: tuple[int, ...] = ALL_WEEKDAYS
    value: Decimal | None = None
    whole: bool = False
    shift: int = 0
    source_plan_id: int | None = None
    cells: tuple[tuple[int, int | None, date, Decimal], ...] = ()

    def nights(self) -> Iterator[date]:
        """The nights it is about, in order."""
        if self.first is None or self.last is None:
            return
        for night in date_range(self.first, self.last + timedelta(days=1)):
            if night.weekday() in self.weekdays:
                yield night

    def targets(self) -> Iterator[Cell]:
        """The cells it is about, in order."""
        plans: Sequence[int | None] = (None,) if self.kind == "rooms" else self.rate_plan_ids
        for room_type_id in self.room_type_ids:
            for plan_id in plans:
                for night in self.nights():
                    yield (room_type_id, plan_id, night)

    def source_of(self, cell: Cell) -> Cell:
        """Which cell a copy takes its price from."""
        room_type_id, plan_id, night = cell
        return (room_type_id, self.source_plan_id or plan_id, night - timedelta(days=self.shift))

    def as_json(self) -> dict[str, Any]:
        """What ``RateEdit.wish`` stores."""
        values = asdict(self)
        return values | {
            "first": None if self.first is None else self.first.isoformat(),
            "last": None if self.last is None else self.last.isoformat(),
            "value": None if self.value is None else str(self.value),
            "cells": [[kind, plan, night.isoformat(), str(value)] for kind, plan, night, value in self.cells],
        }

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Self:
        """Read ``RateEdit.wish``."""
        wish = cls(**stored)
        return replace(
            wish,
            room_type_ids=tuple(stored["room_type_ids"]),
            rate_plan_ids=tuple(stored["rate_plan_ids"]),
            weekdays=tuple(stored["weekdays"]),
            first=None if stored["first"] is None else date.fromisoformat(stored["first"]),
            last=None if stored["last"] is None else date.fromisoformat(stored["last"]),
            value=None if stored["value"] is None else Decimal(stored["value"]),
            cells=tuple(
                (kind, plan, date.fromisoformat(night), Decimal(value))
                for kind, plan, night, value in stored["cells"]
            ),
        )


def shift_between(*, source_first: date, first: date, keep_weekdays: bool) -> int:
    """How many days a copy reaches back. With ``keep_weekdays`` whole weeks: the nearest that are not fewer days.

    A copy of last year's nights takes the same weekday's price, which is worth more than the same date's.
    """
    days = (first - source_first).days
    return days if not keep_weekdays else -(-days // WEEK) * WEEK


def changes_of(
    wish: RateWish,
    *,
    now: Mapping[Cell, CellValue],
    seasons: Mapping[Cell, Decimal],
    currency: str,
) -> list[CellChange]:
    """What a wish changes about the cells as they are ``now``; cells that stay as they are, are left out.

    ``seasons`` are the prices that seasons give. Amounts and percentages need a price that is there; a copy needs one
    at its source. No price falls below zero. A price that a file repeats stays what it is, a season's or one by hand:
    who exports a month, changes three nights and imports it again means those three.
    """
    if wish.kind == "import":
        wanted = {(kind, plan, night): CellValue(value, True) for kind, plan, night, value in wish.cells}
    else:
        found = ((cell, _wanted(wish, cell, now, seasons, currency)) for cell in wish.targets())
        wanted = {cell: value for cell, value in found if value is not None}
    changes = []
    for cell, value in wanted.items():
        before = now.get(cell)
        if before is not None and (before.value, before.by_hand) == (value.value, value.by_hand):
            continue
        if before is not None and before.value == value.value and (cell[1] is None or wish.kind in KEEPING):
            continue
        changes.append(
            CellChange(
                *cell,
                before=None if before is None else before.value,
                after=value.value,
                before_by_hand=before is not None and before.by_hand,
                after_by_hand=value.by_hand,
            )
        )
    return changes


def _wanted(
    wish: RateWish,
    cell: Cell,
    now: Mapping[Cell, CellValue],
    seasons: Mapping[Cell, Decimal],
    currency: str,
) -> CellValue | None:
    """What a cell should say; None where the wish cannot say anything about it."""
    if wish.kind == "season":
        return CellValue(seasons[cell], False) if cell in seasons else None
    if wish.kind == "rooms":
        return CellValue(wish.value or Decimal(0)) if cell in now else None
    if wish.kind == "copy":
        source = now.get(wish.source_of(cell))
        return None if source is None else CellValue(source.value, True)
    if wish.value is None:
        return None
    if wish.kind == "set":
        return CellValue(_rounded(wish.value, wish, currency), True)
    before = now.get(cell)
    if before is None:
        return None
    step = wish.value if wish.kind == "add" else before.value * wish.value / 100
    return CellValue(max(_rounded(before.value + step, wish, currency), Decimal(0)), True)


def _rounded(price: Decimal, wish: RateWish, currency: str) -> Decimal:
    return price.quantize(Decimal(1), ROUND_HALF_UP) if wish.whole else round_money(price, currency)
