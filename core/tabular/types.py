"""A table: what its columns mean, and its rows, which may come one at a time."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from django.utils.functional import Promise

Cells = Sequence[Any] | Mapping[str, Any]


class Kind(StrEnum):
    """What a column holds, and so how it is written and on which side it stands.

    ``PERCENT`` is a share: 0.75 is shown as 75 %. ``DATETIME`` is an aware instant. A cell that is None has no figure
    and stays empty.
    """

    TEXT = "text"
    INT = "int"
    NUMBER = "number"
    MONEY = "money"
    PERCENT = "percent"
    DATE = "date"
    DATETIME = "datetime"

    @property
    def is_figure(self) -> bool:
        """Whether cells stand on the right, so that digits are below each other."""
        return self in (Kind.INT, Kind.NUMBER, Kind.MONEY, Kind.PERCENT)


@dataclass(frozen=True, slots=True)
class Column:
    """One column. ``currency`` is an ISO code, for ``MONEY`` of one currency; ``digits`` are those after the point."""

    key: str
    label: str | Promise
    kind: Kind | str = Kind.TEXT
    currency: str = ""
    digits: int | None = None

    @property
    def means(self) -> Kind:
        """Its kind. Raises `ValueError` for a word that is none."""
        return Kind(self.kind)

    @property
    def heading(self) -> str:
        """Its label, with the currency where every cell has the same one."""
        return f"{self.label} ({self.currency})" if self.currency else str(self.label)


@dataclass(frozen=True, slots=True)
class Table:
    """Columns and rows. A row is a sequence in the order of the columns, or a mapping by their keys.

    ``totals`` is one more row, set apart below the others. ``about`` says what the table shows (label and text), for
    the head of a PDF and a second sheet of a workbook.
    """

    columns: Sequence[Column]
    rows: Iterable[Cells]
    title: str = ""
    totals: Cells | None = None
    about: Sequence[tuple[str, str]] = ()

    def cells(self, row: Cells) -> list[Any]:
        """The cells of a row in the order of the columns; what a mapping lacks is None."""
        if isinstance(row, Mapping):
            return [row.get(column.key) for column in self.columns]
        return list(row)

    def lines(self) -> Iterator[list[Any]]:
        """Every row in the order of the columns, and the totals last."""
        for row in self.rows:
            yield self.cells(row)
        if self.totals is not None:
            yield self.cells(self.totals)
