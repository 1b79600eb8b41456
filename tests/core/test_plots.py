"""Charts over days and names: where things stand, and that they can be read without colour or a mouse."""

from __future__ import annotations

import io
from decimal import Decimal
from xml.etree import ElementTree

import pytest
from PIL import Image
from reportlab.graphics import renderPDF

from core.charts import Mark, Plot, PlotSeries, plot_svg, sparkline_svg
from core.charts.documents import plot_drawing
from core.charts.pictures import plot_png

SVG = "{http://www.w3.org/2000/svg}"


def marks(*values: int | None, href: str = "") -> list[Mark]:
    return [Mark(None if value is None else Decimal(value), f"value {value}", href) for value in values]


def drawn(plot: Plot) -> ElementTree.Element:
    svg = plot_svg(plot, key="k", title="Rooms & more", description="From <low> to high.")
    return ElementTree.fromstring(svg.replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" ', 1))


def rects(plot: Plot) -> list[tuple[float, float, float, float]]:
    return [(*shape.points[0], *shape.points[1]) for shape in plot.shapes() if shape.kind == "rect"]


def test_bars_stand_on_zero_beside_each_other() -> None:
    plot = Plot(["a", "b"], [PlotSeries("now", marks(10, -5)), PlotSeries("before", marks(5, None), style=2)])

    now, before, below = rects(plot)
    zero = now[3]
    assert now[3] == before[3] == below[1]
    assert now[3] - now[1] == pytest.approx(2 * (before[3] - before[1]), abs=0.2)
    assert below[3] - below[1] == pytest.approx(zero - before[1], abs=0.2)
    assert now[2] == pytest.approx(before[0])


def test_stacks_add_up_and_lines_have_gaps() -> None:
    stacked = Plot(["a"], [PlotSeries("x", marks(3)), PlotSeries("y", marks(4), style=2)], is_stacked=True)
    (low, high) = rects(stacked)
    assert high[3] == low[1]
    assert stacked.ticks[-1] >= 7

    line = Plot(["a", "b", "c", "d"], [PlotSeries("x", marks(1, None, 2, 3), kind="area")])
    lines = [shape for shape in line.shapes() if shape.kind == "line" and shape.style]
    assert [len(shape.points) for shape in lines] == [1, 2]
    assert sum(shape.kind == "area" for shape in line.shapes()) == 1


def test_lying_bars_grow_with_their_names_and_stay_inside() -> None:
    names = ["River view double with a very long name that no phone could ever show in full", "Single"]
    plot = Plot(names, [PlotSeries("rooms", marks(30, 10))], is_lying=True).narrow()

    wide, short = rects(plot)
    assert (wide[2] - wide[0]) == pytest.approx(3 * (short[2] - short[0]), abs=0.2)
    assert plot.size.height > 80
    shown = [shape.text for shape in plot.shapes() if shape.look == "name"]
    assert shown[0].endswith("…")
    assert max(right for _x, _y, right, _bottom in rects(plot)) <= plot.size.width


def test_svg_has_words_patterns_links_and_no_style() -> None:
    plot = Plot(["a"], [PlotSeries("now", marks(1, href="/x?a=1&b=2")), PlotSeries("was", marks(2), style=2)])

    root = drawn(plot)

    assert root.get("role") == "group"
    assert root.findtext(f"{SVG}title") == "Rooms & more"
    assert root.findtext(f"{SVG}desc") == "From <low> to high."
    link = root.find(f"{SVG}a")
    assert link is not None
    assert (link.get("href"), link.get("aria-label")) == ("/x?a=1&b=2", "value 1")
    fills = [bar.get("fill") for bar in root.iter(f"{SVG}rect") if bar.get("x")]
    assert fills == [None, "url(#k-p2)"]
    assert "style=" not in ElementTree.tostring(root, encoding="unicode")


def test_many_bars_are_no_links() -> None:
    plot = Plot([str(day) for day in range(63)], [PlotSeries("x", marks(*range(63), href="/x"))])

    assert drawn(plot).get("role") == "img"
    assert drawn(plot).find(f"{SVG}a") is None


def test_the_same_shapes_go_into_documents_and_pictures() -> None:
    plot = Plot(["žluťoučký", "b"], [PlotSeries("x", marks(1, 2)), PlotSeries("y", marks(2, 1), "line", 2)])

    assert renderPDF.drawToString(plot_drawing(plot, width=400)).startswith(b"%PDF")
    png = plot_png(plot)
    assert Image.open(io.BytesIO(png)).size == (1440, 600)
    assert png == plot_png(plot)


def test_sparklines_need_two_figures() -> None:
    assert sparkline_svg([Decimal(1), None]) == ""
    assert 'd="M2.0 29.0M118.0 3.0"' in sparkline_svg([Decimal(1), None, Decimal(2)])


def test_series_have_a_figure_for_every_category() -> None:
    with pytest.raises(ValueError, match="every category"):
        Plot(["a"], [PlotSeries("x", marks(1, 2))])
