"""Where the lines behind a chart stand: at round amounts, and at beginnings of days, weeks, months and years."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, time, timedelta
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal

ROUND_STEPS = (Decimal(1), Decimal(2), Decimal("2.5"), Decimal(5), Decimal(10))
DAY_STEPS = (1, 2, 7, 14)
MONTH_STEPS = (1, 2, 3, 6, 12, 24, 60, 120)
DAYS_PER_MONTH = 30


def amount_ticks(low: Decimal, high: Decimal, *, count: int = 4) -> list[Decimal]:
    """Round amounts at equal distance, the first at or below ``low``, the last at or above ``high``.

    About ``count`` steps of 1, 2, 2.5 or 5 times a power of ten. Where both are equal there is room above and below.
    Raises `ValueError` if ``high`` is below ``low``.
    """
    if high < low:
        raise ValueError("the highest amount is below the lowest")
    if high == low:
        margin = abs(low) / 10 or Decimal(1)
        low, high = (low - margin if low < 0 else max(low - margin, Decimal(0))), high + margin
    rough = (high - low) / count
    power = Decimal(1).scaleb(rough.adjusted())
    step = next(factor * power for factor in ROUND_STEPS if factor * power >= rough)
    first = (low / step).to_integral_value(ROUND_FLOOR)
    last = (high / step).to_integral_value(ROUND_CEILING)
    return [step * number for number in range(int(first), int(last) + 1)]


def day_ticks(start: datetime, end: datetime, *, count: int = 6) -> list[datetime]:
    """Midnights between two instants, in the zone of ``start``, at most ``count``: days, weeks or months apart.

    Months begin on the first, and steps of several months with January.
    """
    days = (end - start).total_seconds() / 86_400
    step = next((number for number in DAY_STEPS if days / number <= count), None)
    if step is not None:
        first = _midnight(start) if start.time() == time.min else _midnight(start) + timedelta(days=1)
        return _until(end, first, lambda tick: tick + timedelta(days=step))
    months = next(
        (number for number in MONTH_STEPS if days / DAYS_PER_MONTH / number <= count), MONTH_STEPS[-1]
    )
    first = _midnight(start).replace(day=1)
    while first < start or (first.year * 12 + first.month - 1) % months:
        first = _months_later(first, 1)
    return _until(end, first, lambda tick: _months_later(tick, months))


def _midnight(at: datetime) -> datetime:
    return at.replace(hour=0, minute=0, second=0, microsecond=0)


def _months_later(at: datetime, months: int) -> datetime:
    years, month = divmod(at.month - 1 + months, 12)
    return at.replace(year=at.year + years, month=month + 1)


def _until(end: datetime, tick: datetime, following: Callable[[datetime], datetime]) -> list[datetime]:
    ticks = []
    while tick <= end:
        ticks.append(tick)
        tick = following(tick)
    return ticks
