"""Lists that can be exported: columns, and the rows that somebody may see with the filters of an address."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.utils.functional import Promise

from accounts.models import User
from core.long_lists import values_of
from core.tabular import Column, Kind

Rows = Callable[[User, str, list[int] | None], QuerySet[Any]]


@dataclass(frozen=True, slots=True)
class ExportColumn:
    """A column of a file: where it stands in the database, and how a value of it is read."""

    path: str
    label: str | Promise
    kind: Kind = Kind.TEXT
    words: dict[str, str | Promise] | None = None


@dataclass(frozen=True, slots=True)
class ExportSource:
    """A list. ``rows`` takes who wants it, the query string of the list, and the houses allowed (None: all).

    ``model`` is the label of the model whose rows they are: who may not see these may not export them; where an
    ``operation`` of the table of permissions is named, that is asked instead. ``is_list``: it is the administration's
    list of the model, whose address it is asked with.
    """

    key: str
    label: str | Promise
    model: str
    columns: Sequence[ExportColumn]
    rows: Rows
    house_path: str = "property"
    operation: str = ""
    is_list: bool = True

    def table_columns(self) -> list[Column]:
        """Return the columns of the file."""
        return [Column(column.path, column.label, column.kind) for column in self.columns]

    def lines(self, rows: QuerySet[Any]) -> Iterator[list[Any]]:
        """Read rows, some thousand at a time, never all: see `core.long_lists`."""
        paths = [column.path for column in self.columns]
        words = [
            {key: str(text) for key, text in column.words.items()} if column.words else None
            for column in self.columns
        ]
        for values in values_of(rows, paths):
            yield [
                value if known is None else known.get(value, value)
                for value, known in zip(values, words, strict=True)
            ]


_sources: dict[str, ExportSource] = {}


def export_source_register(source: ExportSource) -> None:
    """Add a list. Raises `ValueError` for a key that is taken."""
    if _sources.setdefault(source.key, source) is not source:
        raise ValueError(f"there is an export {source.key!r} already")


def export_source(key: str) -> ExportSource | None:
    """Return the list of a key; None if there is none."""
    return _sources.get(key)


def export_source_of_list(model: str) -> ExportSource | None:
    """Return what the administration's list of a model (``app.model``) is exported as; None if it is not."""
    return next((source for source in _sources.values() if source.is_list and source.model == model), None)


def export_sources() -> dict[str, ExportSource]:
    """Return every list there is, by key."""
    return dict(_sources)
