"""The rows of the chart as HTML.

Written by hand and not by templates: a chart has thousands of bars, and each costs a few microseconds so. Places are
classes, because the security policy forbids style attributes: a bar begins ``32 * a + b`` half days after the first
morning of the chart and is ``32 * c + d`` half days long (static/css/chart.css). A stay begins and ends at noon.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext, ngettext, pgettext

from bookings.selectors.chart import Chart, ChartBar, ChartClosure, ChartGroup, ChartRoom
from bookings.transitions import BookingStatus
from core.dates import date_range
from core.formats import format_stay

LETTERS = {"held": "H", "confirmed": "C", "checked_in": "I", "checked_out": "O"}
"""On every bar, so that nobody needs to tell colours apart."""

LOW_SHARE = 0.2
"""From so few free rooms of all on, a night is marked as nearly full."""


class ChartRenderer:
    """Writes the groups of a chart, with the words and addresses that all bars share looked up once."""

    def __init__(self, chart: Chart, *, today: date, query: str, search: str) -> None:
        self.chart = chart
        self.today = today
        self.query = escape(query)
        self.search = search.casefold().strip()
        self.first = chart.span.arrival
        self.halves = chart.span.nights * 2
        self.status = {str(value): str(label) for value, label in BookingStatus.choices}
        self.stay_url = reverse("admin:chart_stay", args=[0, 0]).replace("/0/0/", "/{}/{}/")
        self.room_url = reverse("admin:chart_room", args=[0]).replace("/0/", "/{}/")
        self.closure_url = reverse("admin:chart_closure", args=[0]).replace("/0/", "/{}/")
        self.days = {day: date_format(day, "MONTH_DAY_FORMAT") for day in self._days()}
        self.no_name = gettext("no name yet")
        self.words = {
            "room": gettext("room %s"),
            "no_room": gettext("no room yet"),
            "upgrade": gettext("upgrade"),
            "dirty": gettext("dirty"),
        }
        self.closed_words = {
            "out_of_order": gettext("Out of order: %s"),
            "out_of_service": gettext("Out of service: %s"),
        }

    def groups(self) -> SafeString:
        """All groups of the part."""
        return mark_safe("".join(piece for group in self.chart.groups for piece in self._group(group)))  # noqa: S308

    def _days(self) -> Iterator[date]:
        return date_range(self.first - timedelta(days=1), self.chart.span.departure + timedelta(days=1))

    def _group(self, group: ChartGroup) -> Iterator[str]:
        count = ngettext("%(count)d room", "%(count)d rooms", group.rooms_total) % {
            "count": group.rooms_total
        }
        name = escape(group.name)
        if not group.rooms_total:
            count = ""
        if group.is_continued:
            count = pgettext("rooms", "continued")
        waiting = ""
        if group.waiting:
            text = ngettext("%(count)d without room", "%(count)d without room", group.waiting)
            waiting = f' <span class="ch-wait">{text % {"count": group.waiting}}</span>'
        suffix = f"-{self.chart.part}" if group.is_continued else ""
        yield (
            f'<details class="ch-group" id="ch-{group.key}{suffix}" open><summary class="ch-row ch-head">'
            f'<span class="ch-label"><b>{name}</b> <span class="ch-count">{count}</span>{waiting}</span></summary>'
        )
        if group.free:
            yield self._free(group)
        for number, lane in enumerate(group.tray):
            label = gettext("Without room: %s") % group.name
            shown = escape(gettext("Without room")) if number == 0 else ""
            yield (
                f'<div class="ch-row ch-tray" role="group" aria-label="{escape(label)}">'
                f'<span class="ch-label">{shown}</span><div class="ch-lane">'
            )
            yield from (self._bar(bar, "") for bar in lane)
            yield "</div></div>"
        for room in group.rooms:
            yield from self._room(room)
        yield "</details>"

    def _free(self, group: ChartGroup) -> str:
        """How many rooms of the type can be sold on each night."""
        cells, told = [], []
        for night in self.chart.span.dates():
            if night not in group.free:
                continue
            free, total = group.free[night]
            level = " full" if free <= 0 else " low" if free <= total * LOW_SHARE else ""
            at = (night - self.first).days * 2
            cells.append(f'<i class="a{at // 32} b{at % 32}{level}">{free}</i>')
            told.append(str(free))
        start = self.days.get(self.first, "")
        label = gettext("Free rooms from %(day)s on: %(rooms)s") % {"day": start, "rooms": ", ".join(told)}
        return (
            f'<div class="ch-row ch-free"><span class="ch-label">{escape(gettext("Free"))}</span>'
            f'<div class="ch-lane" role="img" aria-label="{escape(label)}">{"".join(cells)}</div></div>'
        )

    def _room(self, room: ChartRoom) -> Iterator[str]:
        number = escape(room.number)
        told = self.words["room"] % room.number
        dirty = f'<i class="ch-dirty" title="{escape(self.words["dirty"])}"></i>' if room.is_dirty else ""
        hidden = (
            f'<span class="visually-hidden">, {escape(self.words["dirty"])}</span>' if room.is_dirty else ""
        )
        yield (
            f'<div class="ch-row ch-room" role="group" aria-label="{escape(told)}" data-room="{room.id}"'
            f' data-number="{number}" data-type="{room.room_type_id}">'
            f'<a class="ch-label" href="{self.room_url.format(room.id)}?{self.query}">{number}{dirty}{hidden}</a>'
            '<div class="ch-lane">'
        )
        yield from (self._closure(closure) for closure in room.closures)
        yield from (self._bar(bar, room.number) for bar in room.bars)
        yield "</div></div>"

    def _place(self, start: date, end: date) -> str:
        """Classes of place and length, cut at the edges of the chart."""
        begins, ends = (start - self.first).days * 2 + 1, (end - self.first).days * 2 + 1
        cut = (" cut-s" if begins < 0 else "") + (" cut-e" if ends > self.halves else "")
        begins, ends = max(begins, 0), min(ends, self.halves)
        length = max(ends - begins, 1)
        return f"a{begins // 32} b{begins % 32} c{length // 32} d{length % 32}{cut}"

    def _bar(self, bar: ChartBar, number: str) -> str:
        stay = bar.stay
        name = stay.guest_name or self.no_name
        dates = format_stay(stay.arrival, stay.departure)
        where = self.words["room"] % number if number else self.words["no_room"]
        told = f"{name}, {self.status[stay.status]}, {dates}, {where}, {stay.reference}"
        if bar.is_upgrade:
            told += ", " + self.words["upgrade"]
        extra = " up" if bar.is_upgrade else ""
        if self.search:
            extra += " hit" if self.search in told.casefold() else " miss"
        if stay.status == BookingStatus.CHECKED_IN and stay.departure <= self.today:
            extra += " due"
        elif stay.status == BookingStatus.CONFIRMED and stay.arrival < self.today:
            extra += " late"
        several = f" <small>{bar.room_index}/{stay.rooms}</small>" if stay.rooms > 1 else ""
        start = bar.start.isoformat()
        return (
            f'<a class="ch-bar s-{stay.status} {self._place(bar.start, bar.end)}{extra}"'
            f' id="bar-{stay.id}-{bar.room_index}-{start}"'
            f' href="{self.stay_url.format(stay.id, bar.room_index)}?night={start}&amp;{self.query}"'
            f' aria-label="{escape(told)}" data-start="{start}" data-end="{bar.end.isoformat()}"'
            f' data-arrival="{stay.arrival.isoformat()}" data-departure="{stay.departure.isoformat()}">'
            f"<b>{LETTERS.get(stay.status, '')}</b> {escape(name)}{several}</a>"
        )

    def _closure(self, closure: ChartClosure) -> str:
        told = self.closed_words[closure.kind] % closure.reason
        dates = format_stay(closure.start, closure.end)
        return (
            f'<a class="ch-closed k-{closure.kind} {self._place(closure.start, closure.end)}"'
            f' id="closed-{closure.id}" href="{self.closure_url.format(closure.id)}?{self.query}"'
            f' aria-label="{escape(f"{told}, {dates}")}">{escape(closure.reason)}</a>'
        )
