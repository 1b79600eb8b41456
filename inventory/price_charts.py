"""A price history as a chart and a table, in the active language and by the property's clock."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from core.charts import NARROW, SERIES_STYLES, WIDE, ChartSize, LineChart, Point, Series, line_chart
from core.dates import property_now
from core.formats import format_day_short, format_stay
from core.money import format_money, format_money_short
from inventory.selectors.prices import PlanPrices, PriceHistory

SHORTEST = timedelta(days=1)
"""A history of an hour is drawn over a day."""
TABLE_ROWS_MAX = 100


@dataclass(frozen=True, slots=True)
class PriceRow:
    """One row of the table. ``difference`` is to the price before it, None for the first."""

    at: datetime
    rate_plan: str
    total: Decimal | None
    difference: Decimal | None


@dataclass(frozen=True, slots=True)
class PriceChart:
    """The drawing for wide and for narrow screens, and its rows, newest first; only the newest hundred.

    The legend has the number of each line's look.
    """

    wide: SafeString
    narrow: SafeString
    legend: list[tuple[int, PlanPrices]]
    rows: list[PriceRow]
    rows_left_out: int


def price_chart(history: PriceHistory, *, time_zone: str) -> PriceChart:
    """Draw a history that has prices."""
    end = property_now(time_zone, history.until)
    start = min(property_now(time_zone, history.since), end - SHORTEST)
    plans = [plan for plan in history.plans if plan.totals]
    rows = sorted(
        (row for plan in plans for row in _rows(plan, time_zone)), key=lambda row: row.at, reverse=True
    )

    def draw(size: ChartSize, key: str) -> SafeString:
        series = [
            Series(
                plan.rate_plan.name, [Point(property_now(time_zone, at), total) for at, total in _pairs(plan)]
            )
            for plan in plans
        ]
        return line_chart(
            LineChart(series, start=start, end=end, size=size),
            key=key,
            title=_("Price of %(room)s, %(stay)s, over time")
            % {
                "room": history.room_type.name,
                "stay": format_stay(history.stay.arrival, history.stay.departure),
            },
            description=_description(plans, history.currency),
            amount_label=lambda amount: format_money_short(amount, history.currency),
            day_label=format_day_short,
        )

    return PriceChart(
        wide=draw(WIDE, "prices-wide"),
        narrow=draw(NARROW, "prices-narrow"),
        legend=[(index % SERIES_STYLES + 1, plan) for index, plan in enumerate(plans)],
        rows=rows[:TABLE_ROWS_MAX],
        rows_left_out=max(0, len(rows) - TABLE_ROWS_MAX),
    )


def _pairs(plan: PlanPrices) -> list[tuple[datetime, Decimal | None]]:
    return [(point.at, point.total) for point in plan.points]


def _rows(plan: PlanPrices, time_zone: str) -> list[PriceRow]:
    rows = []
    before: Decimal | None = None
    for at, total in _pairs(plan):
        difference = total - before if total is not None and before is not None else None
        rows.append(PriceRow(property_now(time_zone, at), plan.rate_plan.name, total, difference))
        before = total if total is not None else before
    return rows


def _description(plans: list[PlanPrices], currency: str) -> str:
    """Say in a sentence for each plan what its line shows."""
    sentences = []
    for plan in plans:
        assert plan.lowest is not None
        assert plan.highest is not None
        values = {
            "plan": plan.rate_plan.name,
            "low": format_money(plan.lowest, currency),
            "high": format_money(plan.highest, currency),
        }
        if plan.current is None:
            text = _("%(plan)s: between %(low)s and %(high)s, now without a price.") % values
        elif plan.lowest == plan.highest:
            text = _("%(plan)s: %(low)s all the time.") % values
        else:
            values["now"] = format_money(plan.current, currency)
            text = _("%(plan)s: between %(low)s and %(high)s, now %(now)s.") % values
        sentences.append(text)
    return " ".join(sentences)
