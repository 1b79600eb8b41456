"""Tables that people upload."""

from __future__ import annotations

import io
import zipfile
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
import xlsxwriter
from django.utils import timezone

from core.tabular import Column, FileTooLarge, FileUnreadable, Table, rows_read, table_csv, table_xlsx

COLUMNS = (
    Column("name", "Name"),
    Column("rooms", "Rooms", "int"),
    Column("price", "Price", "money", currency="EUR"),
    Column("share", "Share", "percent"),
    Column("arrival", "Arrival", "date"),
    Column("booked", "Booked", "datetime"),
)
ROW = (
    "=Anna",
    3,
    Decimal("1234.50"),
    Decimal("0.5"),
    date(2026, 12, 31),
    datetime(2026, 5, 1, 8, tzinfo=UTC),
)
READ = dict(zip(("name", "rooms", "price", "share", "arrival", "booked"), ROW, strict=True))


def file(text: str, encoding: str = "utf-8") -> io.BytesIO:
    return io.BytesIO(text.encode(encoding))


def ods(body: str) -> io.BytesIO:
    """A spreadsheet as LibreOffice writes it."""
    names = "urn:oasis:names:tc:opendocument:xmlns"
    content = (
        f'<office:document-content xmlns:office="{names}:office:1.0" xmlns:table="{names}:table:1.0" '
        f'xmlns:text="{names}:text:1.0"><office:body><office:spreadsheet><table:table table:name="A">{body}'
        "</table:table></office:spreadsheet></office:body></office:document-content>"
    )
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("content.xml", content)
        manifest = "urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"
        archive.writestr(
            "META-INF/manifest.xml",
            f'<manifest:manifest xmlns:manifest="{manifest}"><manifest:file-entry manifest:full-path="/" '
            'manifest:media-type="application/vnd.oasis.opendocument.spreadsheet"/></manifest:manifest>',
        )
    buffer.seek(0)
    return buffer


def text_cell(text: str, more: str = "") -> str:
    return f'<table:table-cell office:value-type="string"{more}><text:p>{text}</text:p></table:table-cell>'


@pytest.mark.parametrize("written", ["csv", "xlsx"])
def test_what_was_exported_is_read_back(written: str) -> None:
    table = Table(columns=COLUMNS, rows=[ROW])
    with timezone.override("Europe/Berlin"):
        content = table_xlsx(table) if written == "xlsx" else b"".join(table_csv(table, with_bom=True))

        rows = rows_read(io.BytesIO(content), columns=COLUMNS, required=("name", "arrival"))

    assert rows == [READ]
    assert rows[0].line == 2


@pytest.mark.parametrize(
    "text",
    [
        "Name;Rooms\nÄnna;2\n",
        "name\tROOMS\r\nÄnna\t2\r\n",
        'sep=;\n"Name";"Rooms"\n"Änna";"2"\n',
        "\n\nrooms,name,other\n2,Änna,x\n\n",
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_any_delimiter_encoding_and_order_of_columns(text: str, encoding: str) -> None:
    assert rows_read(file(text, encoding), columns=COLUMNS) == [{"name": "Änna", "rooms": 2}]


def test_without_columns_headings_are_the_keys_and_cells_text() -> None:
    rows = rows_read(file('Name,Note\nAnna,"two\nlines"\nBob,\n'))

    assert rows == [{"Name": "Anna", "Note": "two\nlines"}, {"Name": "Bob", "Note": ""}]
    assert [row.line for row in rows] == [3, 4]


@pytest.mark.parametrize(
    ("text", "price"),
    [
        ("1.234,50", "1234.50"),
        ("1,234.50", "1234.50"),
        ("€ 12,5", "12.5"),
        ("12.345", "12.345"),
        ("-3", "-3"),
        ("1,234,567", "1234567"),
    ],
)
def test_prices_as_people_write_them(text: str, price: str) -> None:
    assert rows_read(file(f'price\n"{text}"\n'), columns=COLUMNS) == [{"price": Decimal(price)}]


def test_wrong_cells_are_named_by_line_and_column() -> None:
    text = 'name,rooms,price,arrival\n,2,"1,234",2026-02-30\nBob,2.5,x,01/02/2026\n'

    with pytest.raises(FileUnreadable) as refused:
        rows_read(file(text), columns=COLUMNS, required=("name",))

    assert refused.value.code == "file_line_wrong"
    assert [(error["line"], error["column"]) for error in refused.value.data["errors"]] == [
        (2, "Name"),
        (2, "Price (EUR)"),
        (2, "Arrival"),
        (3, "Rooms"),
        (3, "Price (EUR)"),
        (3, "Arrival"),
    ]
    assert str(refused.value) == "Line 2, column “Name”: This must be filled in."


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "This file is empty."),
        (b"name,name\nx,y\n", "Line 1, column “name”: This heading is there twice."),
        (b"name\nx\n", "Line 1 has the headings, and these are missing: Rooms."),
        (b"\x00\x01\x02", "This file is not a table we can read. Please use CSV, XLSX or ODS."),
        (b"PK\x03\x04broken", "This file is not a table we can read. Please use CSV, XLSX or ODS."),
    ],
)
def test_what_cannot_be_read_is_said_plainly(content: bytes, message: str) -> None:
    with pytest.raises(FileUnreadable) as refused:
        rows_read(io.BytesIO(content), columns=COLUMNS, required=("name", "rooms"))

    assert str(refused.value) == message


def test_limits_hold() -> None:
    with pytest.raises(FileTooLarge, match="rows: 2 is the limit"):
        rows_read(file("name\na\nb\nc\n"), columns=COLUMNS, max_rows=2)
    with pytest.raises(FileTooLarge, match="1 MB is the limit"):
        rows_read(io.BytesIO(b"x" * (1024 * 1024 + 1)), max_bytes=1024 * 1024)
    with pytest.raises(FileTooLarge, match="columns"):
        rows_read(file("a," * 300 + "\n"))


def test_workbooks_with_cells_far_away_are_refused_before_they_are_unfolded() -> None:
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, {"constant_memory": True}) as book:
        book.add_worksheet().write(1_048_575, 16_383, "far")
    buffer.seek(0)

    with pytest.raises(FileTooLarge):
        rows_read(buffer)


def test_ods_is_read_and_its_repetitions_are_weighed() -> None:
    empty = '<table:table-cell table:number-columns-repeated="16000"/>'
    rest = f'<table:table-row table:number-rows-repeated="1048000">{empty}</table:table-row>'
    head = f"<table:table-row>{text_cell('name')}{text_cell('rooms')}{empty}</table:table-row>"
    number = (
        '<table:table-cell office:value-type="float" office:value="2"><text:p>2</text:p></table:table-cell>'
    )

    rows = rows_read(
        ods(f"{head}<table:table-row>{text_cell('Anna')}{number}</table:table-row>{rest}"), columns=COLUMNS
    )

    assert rows == [{"name": "Anna", "rooms": 2}]
    many = text_cell("x", ' table:number-columns-repeated="16000"')
    bomb = f'<table:table-row table:number-rows-repeated="1000000">{many}</table:table-row>'
    with pytest.raises(FileTooLarge):
        rows_read(ods(head + bomb))
