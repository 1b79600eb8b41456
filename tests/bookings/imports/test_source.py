"""Reading files: every form they come in, and every way they can be broken."""

from __future__ import annotations

import gzip
import lzma
import tracemalloc
from pathlib import Path

import pytest

from bookings.imports.exceptions import ImportFailed
from bookings.imports.source import RawBooking, SourceRow, rows_read

from .files import SAMPLE, csv_write, raw

LONG = ",".join(RawBooking._fields).encode() + b"\n" + ",".join(raw()).encode() * 1000


@pytest.fixture
def plain(tmp_path: Path) -> Path:
    return csv_write(tmp_path / "bookings.csv", [raw(), raw(adults="1")])


def test_plain_gzip_and_xz_give_the_same_rows_whatever_their_names(plain: Path, tmp_path: Path) -> None:
    rows = list(rows_read(plain))
    (tmp_path / "packed.csv").write_bytes(gzip.compress(plain.read_bytes()))
    (tmp_path / "packed.gz").write_bytes(lzma.compress(plain.read_bytes()))

    assert [row.line for row in rows] == [2, 3]
    assert [row.raw.adults for row in rows if row.raw] == ["2", "1"]
    assert list(rows_read(tmp_path / "packed.csv")) == rows
    assert list(rows_read(tmp_path / "packed.gz")) == rows


def test_columns_are_found_by_name_and_others_ignored(plain: Path, tmp_path: Path) -> None:
    names = ["note", *reversed(RawBooking._fields)]
    values = ["x", *reversed(raw())]
    other = tmp_path / "other.csv"
    other.write_text(",".join(names) + "\r\n" + ",".join(values) + "\r\n", encoding="utf-8-sig")

    assert list(rows_read(other)) == list(rows_read(plain))[:1]


def test_a_row_knows_the_line_it_begins_on(tmp_path: Path) -> None:
    path = csv_write(tmp_path / "lines.csv", [raw(agent="two\nlines"), raw()])

    assert [row.line for row in rows_read(path)] == [2, 4]


def test_rows_with_other_numbers_of_fields_and_blank_lines_are_kept(plain: Path) -> None:
    with plain.open("a") as file:
        file.write("City Hotel,1\n\n")

    assert list(rows_read(plain))[2:] == [SourceRow(4, None), SourceRow(5, None)]


def test_keys_differ_by_line_and_by_content() -> None:
    assert SourceRow(2, raw()).key == SourceRow(2, raw()).key
    assert SourceRow(2, raw()).key != SourceRow(3, raw()).key
    assert SourceRow(2, raw()).key != SourceRow(2, raw(adults="1")).key
    assert len(SourceRow(10**9, raw()).key) <= 80


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "is empty"),
        (b"hotel,adults\nCity Hotel,2\n", "lacks the columns lead_time"),
        (b"\x89PNG\r\n\x1a\n\xff\xfe", "not a CSV file in UTF-8"),
        (lzma.compress(LONG)[:-20], "damaged or was cut off"),
        (gzip.compress(LONG)[:-20], "damaged or was cut off"),
        (b"\xfd7zXZ\x00 and then nonsense", "damaged or was cut off"),
    ],
    ids=["empty", "other columns", "a picture", "cut xz", "cut gzip", "no xz"],
)
def test_a_broken_file_is_refused_in_one_sentence(tmp_path: Path, content: bytes, sentence: str) -> None:
    path = tmp_path / "broken"
    path.write_bytes(content)

    with pytest.raises(ImportFailed) as refused:
        list(rows_read(path))

    assert sentence in str(refused.value)
    assert "\n" not in str(refused.value)


def test_an_endless_field_is_refused(plain: Path) -> None:
    with plain.open("a") as file:
        file.write('"' + "x" * 200_000)

    with pytest.raises(ImportFailed, match="not a CSV file"):
        list(rows_read(plain))


@pytest.mark.parametrize("name", ["missing.csv", "."])
def test_a_file_that_cannot_be_read_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(ImportFailed, match="cannot be read"):
        list(rows_read(tmp_path / name))


def test_a_large_file_is_read_in_little_memory(tmp_path: Path) -> None:
    path = tmp_path / "large.csv"
    line = ",".join(raw()) + "\n"
    with path.open("w") as file:
        file.write(",".join(RawBooking._fields) + "\n")
        for _ in range(20):
            file.write(line * 1000)

    tracemalloc.start()
    count = sum(1 for _row in rows_read(path))
    peak_bytes = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()

    assert count == 20_000
    assert path.stat().st_size > 2_000_000
    assert peak_bytes < 500_000


def test_the_sample_can_be_read() -> None:
    rows = list(rows_read(SAMPLE))

    assert len(rows) == 2046
    assert rows[-1].line == 2047
