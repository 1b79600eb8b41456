"""Reading a file of bookings row by row, in constant memory: CSV, plain or compressed with gzip or xz."""

from __future__ import annotations

import csv
import gzip
import hashlib
import io
import lzma
import zlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from operator import itemgetter
from pathlib import Path
from typing import NamedTuple, TextIO

from django.utils.translation import gettext as _

from .exceptions import ImportFailed

XZ_MAGIC = b"\xfd7zXZ\x00"
GZIP_MAGIC = b"\x1f\x8b"
DIGEST_BYTES = 6
FIELD_SEPARATOR = "\x1f"


class RawBooking(NamedTuple):
    """The fields of one row as text, in the order of this class whatever the order of the file."""

    hotel: str
    lead_time: str
    arrival_date_year: str
    arrival_date_month: str
    arrival_date_day_of_month: str
    stays_in_weekend_nights: str
    stays_in_week_nights: str
    adults: str
    children: str
    babies: str
    meal: str
    country: str
    market_segment: str
    distribution_channel: str
    reserved_room_type: str
    assigned_room_type: str
    deposit_type: str
    agent: str
    company: str
    customer_type: str
    adr: str
    required_car_parking_spaces: str
    total_of_special_requests: str
    reservation_status: str
    reservation_status_date: str


class SourceRow(NamedTuple):
    """A row and the number of the line it begins on. ``raw`` is None when it has too few or too many fields."""

    line: int
    raw: RawBooking | None

    @property
    def key(self) -> str:
        """What makes the row known again: its line and its content. Only for rows with all fields."""
        content = FIELD_SEPARATOR.join(self.raw or ()).encode()
        digest = hashlib.blake2b(content, digest_size=DIGEST_BYTES).hexdigest()
        return f"hotel-bookings:{self.line}:{digest}"


def rows_read(path: Path) -> Iterator[SourceRow]:
    """Every row after the header, in order.

    Raises `ImportFailed` for a file that cannot be opened, decompressed or decoded, and for one without our columns.
    """
    try:
        with _text_open(path) as stream:
            reader = csv.reader(stream)
            header = next(reader, None)
            if header is None:
                raise ImportFailed(_("%(path)s is empty.") % {"path": path})
            pick = _fields_pick(path, header)
            line = reader.line_num + 1
            for fields in reader:
                complete = len(fields) == len(header)
                yield SourceRow(line, RawBooking._make(pick(fields)) if complete else None)
                line = reader.line_num + 1
    except UnicodeDecodeError as error:
        raise ImportFailed(_("%(path)s is not a CSV file in UTF-8.") % {"path": path}) from error
    except csv.Error as error:
        raise ImportFailed(
            _("%(path)s is not a CSV file: %(reason)s.") % {"path": path, "reason": error}
        ) from error
    except (EOFError, lzma.LZMAError, gzip.BadGzipFile, zlib.error) as error:
        raise ImportFailed(
            _("%(path)s is damaged or was cut off; it cannot be decompressed to its end.") % {"path": path}
        ) from error
    except OSError as error:
        raise ImportFailed(
            _("%(path)s cannot be read: %(reason)s.") % {"path": path, "reason": error.strerror or error}
        ) from error


def _fields_pick(path: Path, header: Sequence[str]) -> Callable[[list[str]], tuple[str, ...]]:
    columns = [name.strip() for name in header]
    missing = [name for name in RawBooking._fields if name not in columns]
    if missing:
        raise ImportFailed(
            _("%(path)s lacks the columns %(columns)s.") % {"path": path, "columns": ", ".join(missing)}
        )
    return itemgetter(*(columns.index(name) for name in RawBooking._fields))


@contextmanager
def _text_open(path: Path) -> Iterator[TextIO]:
    """The file as text, decompressed by what it begins with, not by its name."""
    with path.open("rb") as file:
        start = file.peek(len(XZ_MAGIC))
        plain: io.BufferedIOBase = file
        if start.startswith(XZ_MAGIC):
            plain = lzma.LZMAFile(file)  # noqa: SIM115 - closed below, with the file
        elif start.startswith(GZIP_MAGIC):
            plain = gzip.GzipFile(fileobj=file)
        with plain, io.TextIOWrapper(plain, encoding="utf-8-sig", newline="") as text:  # type: ignore[type-var]
            yield text
