"""Tables that leave the house."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.utils import timezone, translation
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from core.tabular import (
    Column,
    Kind,
    Table,
    TooManyRows,
    pdfs,
    table_csv,
    table_pdf,
    table_xlsx,
    text_guarded,
    text_unguarded,
    workbooks,
)
from core.tabular.cells import cell_readable

COLUMNS = [
    Column("guest", "Guest"),
    Column("nights", "Nights", "int"),
    Column("revenue", "Revenue", "money", currency="EUR"),
    Column("share", "Share", "percent"),
    Column("arrival", "Arrival", "date"),
    Column("booked", "Booked", "datetime"),
]
ROW = (
    '=HYPERLINK("http://x.invalid")',
    -3,
    Decimal("-1234.500"),
    Decimal("0.7512"),
    date(2026, 12, 31),
    datetime(2026, 10, 25, 0, 30, tzinfo=UTC),
)
TABLE = Table(columns=COLUMNS, rows=[ROW], title="Sales: 2026/27")

DANGEROUS = [
    "=1+1",
    "+49 30 1234",
    "-2+3",
    "@SUM(A1)",
    "\tx",
    "\rx",
    "\nx",
    " =1",
    '"=1',
    "\ufeff=1",
    "\uff1d1+1",
]
TRIGGERS = "=+-@\uff1d\uff0b\uff0d\uff20\u2212"
any_text = st.text(max_size=40) | st.text(alphabet="=+-@'\"; \t\r\n,|a1\uff1d\ufeff\u200b", max_size=12)


def test_csv_has_exact_figures_iso_dates_and_harmless_text() -> None:
    with timezone.override("Europe/Berlin"):
        content = b"".join(table_csv(TABLE, with_bom=True))

    assert content.decode("utf-8") == (
        '\ufeff"Guest","Nights","Revenue (EUR)","Share","Arrival","Booked"\r\n'
        '"\'=HYPERLINK(""http://x.invalid"")",-3,-1234.50,0.7512,"2026-12-31","2026-10-25 02:30:00+02:00"\r\n'
    )


def test_csv_is_written_piece_by_piece_and_totals_come_last() -> None:
    taken = 0

    def rows() -> Iterator[dict[str, object]]:
        nonlocal taken
        for number in range(20_000):
            taken += 1
            yield {"name": "x" * 10, "count": number}

    columns = [Column("name", "Name"), Column("count", "Count", Kind.INT), Column("none", "None", "money")]
    pieces = table_csv(Table(columns=columns, rows=rows(), totals=("Total", 199_990_000, None)))
    next(pieces)

    assert 0 < taken < 5_000
    assert b"".join(pieces).endswith(b'"xxxxxxxxxx",19999,""\r\n"Total",199990000,""\r\n')


@pytest.mark.parametrize("text", DANGEROUS)
def test_dangerous_text_gets_an_apostrophe(text: str) -> None:
    assert text_guarded(text) == f"'{text}"


def test_ordinary_text_stays() -> None:
    for text in ("Anna O'Neil", "12-14 rue X", "a@b.example", "", "'tis", "late, after 22:00; cot"):
        assert text_guarded(text) == text


@given(any_text)
@example("a;=1")
@example("'\t=1")
@example("''=1")
@example('x;"=1')
@settings(max_examples=400, deadline=None, derandomize=True)
def test_no_cut_of_a_guarded_cell_begins_with_a_formula_and_it_can_be_had_back(text: str) -> None:
    guarded = text_guarded(text)

    for cut in ("", ";", "\t", "|", "\n", "\r"):
        for piece in guarded.split(cut) if cut else [guarded]:
            assert not piece.strip(' "\ufeff\u200b').startswith(tuple(TRIGGERS))
    assert not guarded.startswith(("\t", "\r", "\n"))
    assert text_unguarded(guarded) == text


@given(
    st.lists(any_text, min_size=1, max_size=8), st.decimals(allow_nan=False, allow_infinity=False, places=2)
)
@settings(max_examples=100, deadline=None, derandomize=True)
def test_csv_read_back_is_what_was_written(texts: list[str], figure: Decimal) -> None:
    columns = [Column("text", "Text"), Column("figure", "Figure", "number")]

    content = b"".join(table_csv(Table(columns=columns, rows=[(text, figure) for text in texts])))

    _head, *lines = csv.reader(io.StringIO(content.decode(), newline=""))
    assert [(text_unguarded(text), Decimal(number)) for text, number in lines] == [
        (text, figure) for text in texts
    ]


xlsx_text = st.text(alphabet=st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=30)


@given(st.lists(xlsx_text | st.sampled_from(DANGEROUS[:5]), min_size=1, max_size=8))
@settings(max_examples=60, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
def test_workbooks_have_text_and_no_formula(texts: list[str]) -> None:
    table = Table(columns=[Column("text", "Text")], rows=[(text,) for text in texts])

    content = table_xlsx(table)

    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert b"<f>" not in archive.read("xl/worksheets/sheet1.xml")
    rows = CalamineWorkbook.from_object(io.BytesIO(content)).get_sheet_by_index(0).to_python()
    assert [row[0] for row in rows[1:]] == texts


def test_workbook_cells_have_types_formats_and_a_frozen_filtered_head() -> None:
    about = [("Period", "2026")]
    table = Table(columns=COLUMNS, rows=[ROW, (None,) * 6], title="Sales: 2026/27", about=about, totals=ROW)

    with timezone.override("Europe/Berlin"):
        content = table_xlsx(table)

    book = CalamineWorkbook.from_object(io.BytesIO(content))
    assert book.sheet_names == ["Sales 2026 27", "About"]
    rows = book.get_sheet_by_index(0).to_python()
    expected = [ROW[0], -3.0, -1234.5, 0.7512, date(2026, 12, 31), datetime(2026, 10, 25, 2, 30)]  # noqa: DTZ001 - sheets know no zones
    assert rows[1:] == [expected, [""] * 6, expected]
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        sheet, styles = (archive.read(f"xl/{name}.xml").decode() for name in ("worksheets/sheet1", "styles"))
    assert 'ySplit="1" topLeftCell="A2"' in sheet
    assert '<autoFilter ref="A1:F3"/>' in sheet  # the totals are not filtered away
    assert 'quotePrefix="1"' in styles


def test_too_many_rows_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbooks, "XLSX_ROWS_MAX", 3)
    monkeypatch.setattr(pdfs, "PDF_ROWS_MAX", 2)
    table = Table(columns=COLUMNS, rows=[ROW] * 3)

    with pytest.raises(TooManyRows):
        table_xlsx(table)
    with pytest.raises(TooManyRows):
        table_pdf(table)


def test_pdf_repeats_its_head_counts_pages_and_shows_any_script() -> None:
    rows = [(f"Žofia {number} 田中", number, Decimal("9.90")) for number in range(150)]

    content = table_pdf(
        Table(columns=COLUMNS[:3], rows=rows, totals=("Total", 1, None), about=[("Period", "2026")]),
        title="Arrivals",
    )

    assert content.startswith(b"%PDF-")
    assert content.count(b"/Type /Page\n") == 4
    assert content == table_pdf(
        Table(columns=COLUMNS[:3], rows=rows, totals=("Total", 1, None), about=[("Period", "2026")]),
        title="Arrivals",
    )
    assert table_pdf(Table(columns=COLUMNS[:3], rows=[]), title="Nothing").startswith(b"%PDF-")


def test_people_read_figures_in_their_language() -> None:
    cells = [(ROW[1], COLUMNS[1]), (ROW[2], COLUMNS[2]), (ROW[3], COLUMNS[3]), (ROW[4], COLUMNS[4])]
    with translation.override("de"):
        assert [cell_readable(*cell) for cell in cells] == ["-3", "-1.234,50\xa0€", "75,1\xa0%", "31.12.2026"]
    with translation.override("en"):
        assert [cell_readable(*cell) for cell in cells] == ["-3", "-€1,234.50", "75.1%", "31 Dec 2026"]
    assert cell_readable(None, COLUMNS[2]) == "–"
    assert cell_readable(None, COLUMNS[0]) == ""
