"""Charts over categories (days, room types, countries): figures in, shapes out, drawn as SVG or into a PDF.

Values are drawn from zero on, so that lengths can be compared. Bars beside each other or stacked, lying bars for names,
lines and areas; series may mix. Shapes carry class names instead of colours: the page or the document knows these.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Literal

from .lines import MARKERS_MAX, NARROW, SERIES_STYLES, WIDE, ChartSize
from .scales import amount_ticks

LINKS_MAX = 62
"""With more bars they are no links: nobody wants to step through a year of them. The table has them."""
ROW_HEIGHT = 40
BAR_THICKNESS_MAX = 36.0
LABEL_HEIGHT = 16
LETTER_WIDTH = 6.6
TINY = 1.5


@dataclass(frozen=True, slots=True)
class Mark:
    """A figure of a series: ``text`` is what a reader is told of it, ``href`` where it leads. None: no figure."""

    value: Decimal | None
    text: str = ""
    href: str = ""


@dataclass(frozen=True, slots=True)
class PlotSeries:
    """Figures in the order of the categories, drawn one way. ``style`` counts from 1."""

    name: str
    marks: Sequence[Mark]
    kind: Literal["bar", "line", "area"] = "bar"
    style: int = 1


@dataclass(frozen=True, slots=True)
class Shape:
    """Something drawn. ``points`` are one stroke's; of a rectangle two corners; of a text and a dot where it stands."""

    kind: Literal["rect", "line", "area", "dot", "text"]
    points: Sequence[tuple[float, float]]
    look: str
    style: int = 0
    text: str = ""
    anchor: Literal["start", "middle", "end"] = "start"
    href: str = ""


@dataclass(frozen=True)
class Plot:
    """Series over the same categories. Lying bars are for names; their drawing is as high as they are many."""

    categories: Sequence[str]
    series: Sequence[PlotSeries]
    value_label: Callable[[Decimal], str] = str
    size: ChartSize = WIDE
    is_stacked: bool = False
    is_lying: bool = False
    ticks: list[Decimal] = field(init=False)

    def __post_init__(self) -> None:
        if any(len(one.marks) != len(self.categories) for one in self.series):
            raise ValueError("every series has a figure for every category, or None")
        values = [Decimal(0), *self._ends()]
        low, high = min(values), max(values)
        count = self.size.x_ticks - 1 if self.is_lying else self.size.y_ticks
        object.__setattr__(self, "ticks", amount_ticks(low, high if high > low else Decimal(1), count=count))
        if self.is_lying:
            height = len(self.categories) * self._row_height + LABEL_HEIGHT + 14
            object.__setattr__(self, "size", replace(self.size, height=int(height), top=2, bottom=28, left=8))

    def narrow(self) -> Plot:
        """Return the same for a narrow page."""
        return replace(self, size=NARROW)

    def shapes(self) -> list[Shape]:
        """Return everything drawn, from the back to the front."""
        if self.is_lying:
            return [*self._lying_axis(), *self._lying_bars()]
        return [*self._value_axis(), *self._category_axis(), *self._bars(), *self._lines()]

    @property
    def has_links(self) -> bool:
        """Whether bars lead somewhere."""
        bars = [mark for one in self.series if one.kind == "bar" for mark in one.marks if mark.href]
        return 0 < len(bars) <= LINKS_MAX

    @property
    def _row_height(self) -> float:
        bars = 1 if self.is_stacked else max(len(self.series), 1)
        return ROW_HEIGHT + (bars - 1) * 14

    def _ends(self) -> Iterator[Decimal]:
        """How far each bar, stack or line reaches."""
        for index in range(len(self.categories)):
            up = down = Decimal(0)
            for one in self.series:
                value = one.marks[index].value
                if value is None:
                    continue
                if not (self.is_stacked and one.kind == "bar"):
                    yield value
                elif value >= 0:
                    up += value
                else:
                    down += value
            yield from (up, down)

    def _share(self, value: Decimal) -> float:
        return float((value - self.ticks[0]) / (self.ticks[-1] - self.ticks[0]))

    def _y(self, value: Decimal) -> float:
        height = self.size.height - self.size.top - self.size.bottom
        return round(self.size.top + (1 - self._share(value)) * height, 1)

    def _x_value(self, value: Decimal) -> float:
        return round(
            self.size.left + self._share(value) * (self.size.width - self.size.left - self.size.right), 1
        )

    def _slot(self) -> float:
        return (self.size.width - self.size.left - self.size.right) / max(len(self.categories), 1)

    def _center(self, index: int) -> float:
        return round(self.size.left + (index + 0.5) * self._slot(), 1)

    def _value_axis(self) -> Iterator[Shape]:
        right = self.size.width - self.size.right
        for tick in self.ticks:
            y = self._y(tick)
            yield Shape("line", [(self.size.left, y), (right, y)], "axis" if tick == 0 else "grid")
            yield Shape(
                "text", [(self.size.left - 8, y + 4)], "label", text=self.value_label(tick), anchor="end"
            )

    def _category_axis(self) -> Iterator[Shape]:
        y = self.size.height - self.size.bottom + 20
        count = len(self.categories)
        longest = max(map(len, self.categories), default=1)
        fitting = max(int((self.size.width - self.size.left) / (longest * LETTER_WIDTH + 18)), 1)
        step = max(-(-count // min(fitting, self.size.x_ticks * 2)), 1)
        for index in range(0, count, step):
            x = self._center(index)
            half = len(self.categories[index]) * LETTER_WIDTH / 2
            anchor: Literal["middle", "end"] = "end" if x + half > self.size.width else "middle"
            yield Shape("text", [(x, y)], "label", text=self.categories[index], anchor=anchor)

    def _bars(self) -> Iterator[Shape]:
        bars = [one for one in self.series if one.kind == "bar"]
        if not bars:
            return
        lanes = 1 if self.is_stacked else len(bars)
        slot = self._slot()
        room = min(slot * (0.76 if slot > TINY * 4 else 0.92), BAR_THICKNESS_MAX * lanes)
        width = room / lanes
        for index in range(len(self.categories)):
            left = self._center(index) - room / 2
            up = down = Decimal(0)
            for lane, one in enumerate(bars):
                mark = one.marks[index]
                if mark.value is None:
                    continue
                start = Decimal(0)
                if self.is_stacked:
                    start = up if mark.value >= 0 else down
                    up, down = up + max(mark.value, Decimal(0)), down + min(mark.value, Decimal(0))
                x = left if self.is_stacked else left + lane * width
                yield self._rect(one, mark, (x, self._y(start)), (x + width, self._y(start + mark.value)))

    def _rect(
        self, one: PlotSeries, mark: Mark, corner: tuple[float, float], opposite: tuple[float, float]
    ) -> Shape:
        (x1, y1), (x2, y2) = corner, opposite
        points = [
            (round(min(x1, x2), 2), round(min(y1, y2), 2)),
            (round(max(x1, x2), 2), round(max(y1, y2), 2)),
        ]
        href = mark.href if self.has_links else ""
        return Shape("rect", points, "bar", _style(one.style), text=mark.text, href=href)

    def _lines(self) -> Iterator[Shape]:
        for one in self.series:
            if one.kind == "bar":
                continue
            for stretch in self._stretches(one):
                if one.kind == "area" and len(stretch) > 1:
                    base = self._y(Decimal(0))
                    around = [(stretch[0][0], base), *stretch, (stretch[-1][0], base)]
                    yield Shape("area", around, "area", _style(one.style))
                yield Shape("line", stretch, "line", _style(one.style))
            if len(one.marks) <= MARKERS_MAX:
                for index, mark in enumerate(one.marks):
                    if mark.value is not None:
                        place = (self._center(index), self._y(mark.value))
                        yield Shape("dot", [place], "dot", _style(one.style), text=mark.text)

    def _stretches(self, one: PlotSeries) -> Iterator[list[tuple[float, float]]]:
        """Where the line has figures without a gap."""
        stretch: list[tuple[float, float]] = []
        for index, mark in enumerate([*one.marks, Mark(None)]):
            if mark.value is not None:
                stretch.append((self._center(index), self._y(mark.value)))
            elif stretch:
                yield stretch
                stretch = []

    def _lying_axis(self) -> Iterator[Shape]:
        bottom = self.size.height - self.size.bottom
        for tick in self.ticks:
            x = self._x_value(tick)
            yield Shape("line", [(x, self.size.top), (x, bottom)], "axis" if tick == 0 else "grid")
        for tick, following in zip(self.ticks, [*self.ticks[1:], None], strict=True):
            anchor: Literal["start", "middle", "end"] = "middle"
            if tick == self.ticks[0]:
                anchor = "start"
            elif following is None:
                anchor = "end"
            text = self.value_label(tick)
            yield Shape("text", [(self._x_value(tick), bottom + 18)], "label", text=text, anchor=anchor)

    def _lying_bars(self) -> Iterator[Shape]:
        lanes = 1 if self.is_stacked else max(len(self.series), 1)
        thickness = (self._row_height - LABEL_HEIGHT - 8) / lanes
        for index, name in enumerate(self.categories):
            top = self.size.top + index * self._row_height
            room = int((self.size.width - self.size.left - self.size.right) / LETTER_WIDTH)
            shown = name if len(name) <= room else f"{name[: room - 1]}…"
            yield Shape("text", [(self.size.left + 3, top + 13)], "name", text=shown)
            up = Decimal(0)
            for lane, one in enumerate(self.series):
                mark = one.marks[index]
                if mark.value is None:
                    continue
                start = up if self.is_stacked else Decimal(0)
                up += mark.value
                y = top + LABEL_HEIGHT + 2 + (0 if self.is_stacked else lane * thickness)
                ends = (self._x_value(start), y), (self._x_value(start + mark.value), y + thickness - 1)
                yield self._rect(one, mark, *ends)


def _style(number: int) -> int:
    return (number - 1) % SERIES_STYLES + 1
