"""Charts: exact places, gaps, ticks, and nothing unescaped."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from xml.etree import ElementTree as ET

import pytest

from core.charts import ChartSize, LineChart, Point, Series, amount_ticks, day_ticks, line_chart

START = datetime(2027, 3, 1, tzinfo=UTC)
SIZE = ChartSize(width=200, height=120, left=50, right=50, top=10, bottom=10)
"""A hundred units each way: one a day, and one for each unit of money from 0 to 100."""
END = START + timedelta(days=100)


def day(number: float) -> datetime:
    return START + timedelta(days=number)


def points(*values: tuple[float, int | None]) -> list[Point]:
    return [Point(day(at), None if value is None else Decimal(value)) for at, value in values]


def chart(*series: Series, kind: str = "step") -> LineChart:
    return LineChart(series, start=START, end=END, size=SIZE, kind=kind)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("low", "high", "ticks"),
    [
        ("0", "100", ["0", "25", "50", "75", "100"]),
        ("303", "388", ["300", "325", "350", "375", "400"]),
        ("0.12", "0.47", ["0.1", "0.2", "0.3", "0.4", "0.5"]),
        ("98000", "102000", ["98000", "99000", "100000", "101000", "102000"]),
        ("100", "100", ["90", "95", "100", "105", "110"]),
        ("0", "0", ["0", "0.25", "0.5", "0.75", "1"]),
    ],
)
def test_amounts_are_round(low: str, high: str, ticks: list[str]) -> None:
    found = amount_ticks(Decimal(low), Decimal(high))

    assert found == [Decimal(tick) for tick in ticks]


def test_amounts_refuse_to_run_backwards() -> None:
    with pytest.raises(ValueError, match="below"):
        amount_ticks(Decimal(2), Decimal(1))


@pytest.mark.parametrize(
    ("days", "expected"),
    [
        (3, ["03-01", "03-02", "03-03", "03-04"]),
        (10, ["03-01", "03-03", "03-05", "03-07", "03-09", "03-11"]),
        (35, ["03-01", "03-08", "03-15", "03-22", "03-29", "04-05"]),
        (150, ["03-01", "04-01", "05-01", "06-01", "07-01"]),
        (365, ["04-01", "07-01", "10-01", "01-01"]),
    ],
)
def test_days_are_midnights_at_even_distance(days: int, expected: list[str]) -> None:
    found = day_ticks(START, START + timedelta(days=days))

    assert [f"{tick:%m-%d}" for tick in found][: len(expected)] == expected
    assert all((tick.hour, tick.minute) == (0, 0) for tick in found)


def test_step_line_stands_until_the_next_figure() -> None:
    drawn = chart(Series("A", points((0, 0), (40, 100), (60, 50))))

    assert drawn.path(drawn.series[0].points) == "M50 110H90V10H110V60H150"


def test_straight_line_goes_from_figure_to_figure() -> None:
    drawn = chart(Series("A", points((0, 0), (40, 100), (60, 50))), kind="line")

    assert drawn.path(drawn.series[0].points) == "M50 110L90 10L110 60"


def test_line_has_a_gap_where_there_is_no_figure() -> None:
    drawn = chart(Series("A", points((0, 0), (10, None), (40, 100))))

    assert drawn.path(drawn.series[0].points) == "M50 110H60M90 10H150"


def test_instants_beyond_the_chart_stand_at_its_edge() -> None:
    drawn = chart(Series("A", points((0, 0), (1, 100))))

    assert (drawn.x(day(-5)), drawn.x(day(500))) == (50, 150)


def test_chart_without_figures_has_no_line() -> None:
    drawn = chart(Series("A", points((0, None))))

    assert drawn.ticks == []
    assert drawn.path(drawn.series[0].points) == ""


def test_chart_that_ends_before_it_starts_is_refused() -> None:
    with pytest.raises(ValueError, match="ends after"):
        LineChart([], start=END, end=START)


def test_drawing_names_itself_and_escapes_every_text() -> None:
    drawn = line_chart(
        chart(Series("<b>Flex</b>", points((0, 0), (40, 100))), Series("B", points((0, 50)))),
        key="prices",
        title="A & B",
        description="<script>",
        amount_label=lambda amount: f"{amount:.0f} €",
        day_label=lambda at: f"{at:%d.%m.}",
    )

    svg = ET.fromstring(drawn)
    assert svg.attrib["aria-labelledby"] == "prices-title prices-desc"
    assert [(entry.attrib["id"], entry.text) for entry in svg[:2]] == [
        ("prices-title", "A & B"),
        ("prices-desc", "<script>"),
    ]
    assert "<script>" not in drawn
    assert "style=" not in drawn
    assert [entry.attrib["class"] for entry in svg.iter("path") if "line--" in entry.attrib["class"]] == [
        "chart__line chart__line--1",
        "chart__line chart__line--2",
    ]
    assert [entry[0].text for entry in svg.iter("circle")] == [
        "<b>Flex</b>, 01.03.: 0 €",
        "<b>Flex</b>, 10.04.: 100 €",
        "B, 01.03.: 50 €",
    ]
