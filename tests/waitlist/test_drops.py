"""Every series of prices against a slow and plain reading of the rules."""

from __future__ import annotations

from decimal import Decimal

from hypothesis import example, given
from hypothesis import strategies as st

from waitlist.drops import Watch

TOTALS = st.lists(st.one_of(st.none(), st.integers(50, 130).map(Decimal)), max_size=30)


def run(watch: Watch, totals: list[Decimal | None]) -> list[int]:
    """The positions at which something is told."""
    told = []
    for position, total in enumerate(totals):
        watch, is_told = watch.seen(total)
        if is_told:
            told.append(position)
    return told


def target_by_the_book(target: Decimal, totals: list[Decimal | None]) -> list[int]:
    """Told at the target or below: the first time since it was above, then whenever it gets cheaper, if it is new."""
    seen = [(position, total) for position, total in enumerate(totals) if total is not None]
    told: list[int] = []
    lowest_of_episode: Decimal | None = None
    known: set[Decimal] = set()
    for position, total in seen:
        if total > target:
            lowest_of_episode = None
            continue
        if lowest_of_episode is None or total < lowest_of_episode:
            lowest_of_episode = total
            if total not in known:
                known.add(total)
                told.append(position)
    return told


def percent_by_the_book(first: Decimal, percent: int, totals: list[Decimal | None]) -> list[int]:
    """Told when so many percent below the first price, or below the last that was told."""
    told = []
    reference = first
    for position, total in enumerate(totals):
        if total is not None and total <= reference - reference * percent / 100:
            told.append(position)
            reference = total
    return told


@given(totals=TOTALS, target=st.integers(60, 110).map(Decimal))
@example(totals=[Decimal(80), Decimal(100), Decimal(80), Decimal(79), Decimal(85)], target=Decimal(90))
def test_target(totals: list[Decimal | None], target: Decimal) -> None:
    watch = Watch(target_total=target, drop_percent=None, reference=Decimal(200))

    assert run(watch, totals) == target_by_the_book(target, totals)


@given(totals=TOTALS, percent=st.integers(1, 90))
@example(totals=[Decimal(90), Decimal(81), Decimal(100), Decimal(80)], percent=10)
def test_percent(totals: list[Decimal | None], percent: int) -> None:
    watch = Watch(target_total=None, drop_percent=Decimal(percent), reference=Decimal(100))

    assert run(watch, totals) == percent_by_the_book(Decimal(100), percent, totals)


@given(totals=TOTALS, target=st.integers(60, 110).map(Decimal), percent=st.integers(1, 90))
def test_no_price_is_told_twice_and_none_that_cannot_be_booked(
    totals: list[Decimal | None], target: Decimal, percent: int
) -> None:
    for watch in (
        Watch(target_total=target, drop_percent=None, reference=None),
        Watch(target_total=None, drop_percent=Decimal(percent), reference=Decimal(100)),
    ):
        told = [totals[position] for position in run(watch, totals)]
        assert None not in told
        assert len(told) == len(set(told))
