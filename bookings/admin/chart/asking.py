"""What the address of a chart asks for: house, first day, days, filters."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from urllib.parse import urlencode

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from bookings.selectors.chart import ChartFilter
from core.dates import StayDates, property_today
from inventory.admin.houses import HouseChoice, house_chosen

DAYS = (7, 14, 31, 92, 365)
DAYS_LABELS = {
    7: _("1 week"),
    14: _("2 weeks"),
    31: _("1 month"),
    92: _("3 months"),
    365: _("1 year"),
}
DAYS_DEFAULT = 14
ROOM_DAYS_AT_ONCE = 8_000
"""So many rooms times days come with the page; the others when they are scrolled to."""

STATUSES = ("held", "confirmed", "checked_in", "checked_out")
OPERATION = "room_assign"


@dataclass(frozen=True, slots=True)
class ChartQuery:
    """One chart, as its address says it."""

    choice: HouseChoice
    today: date
    span: StayDates
    only: ChartFilter
    search: str
    part: int

    @property
    def part_rooms(self) -> int:
        """How many rooms one part of the chart has."""
        return max(20, ROOM_DAYS_AT_ONCE // self.span.nights)

    def address(self, **other: object) -> str:
        """The query of this chart, or of one that differs in something."""
        values: dict[str, object] = {
            "house": self.choice.house.pk,
            "from": self.span.arrival.isoformat(),
            "days": self.span.nights,
            "type": self.only.room_type_id or "",
            "floor": self.only.floor,
            "status": self.only.status,
            "by": "floor" if self.only.by_floor else "",
            "q": self.search,
        }
        return urlencode({name: value for name, value in (values | other).items() if value not in ("", None)})

    def moved(self, days: int) -> str:
        """The query of the chart so many days later."""
        return self.address(**{"from": (self.span.arrival + timedelta(days=days)).isoformat()})


def chart_query(request: HttpRequest) -> ChartQuery:
    """Read the address; what cannot be read is as if it were not there. One query beyond the user's roles."""
    choice = house_chosen(request, model="bookings.booking")
    today = property_today(choice.house.time_zone)
    values = request.GET
    days = _number(values.get("days"))
    days = days if days in DAYS else DAYS_DEFAULT
    start = _day(values.get("from")) or today - timedelta(days=1)
    status = values.get("status", "")
    return ChartQuery(
        choice=choice,
        today=today,
        span=StayDates(start, start + timedelta(days=days)),
        only=ChartFilter(
            room_type_id=_number(values.get("type")),
            floor=values.get("floor", "")[:20],
            status=status if status in STATUSES else "",
            by_floor=values.get("by") == "floor",
        ),
        search=values.get("q", "")[:80],
        part=_number(values.get("part")) or 1,
    )


def _number(text: str | None) -> int | None:
    return int(text) if text and text.isascii() and text.isdecimal() and len(text) < 10 else None


def _day(text: str | None) -> date | None:
    try:
        found = date.fromisoformat(text or "")
    except ValueError:
        return None
    return found if 2000 <= found.year <= 2200 else None
