"""The table of what every model holds about people."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any, Literal

from django.db.models import Q
from django.utils.functional import Promise

if TYPE_CHECKING:
    from .people import Person

Text = str | Promise
Files = Callable[["Person"], Iterable[tuple[str, bytes]]]
Find = Callable[["Person"], Q]
Prepare = Callable[[Sequence[Any], datetime], None]
Erasing = Literal["blank", "delete", "keep"]


@dataclass(frozen=True, slots=True)
class Holding:
    """What one model (``app.model``) holds about a person.

    ``personal`` fields are told and erased, ``secret`` ones erased and never told, ``shown`` ones told for the sake of
    the rest; ``kept`` are told and stay as long as the law demands, which ``reason`` explains; ``plain`` are neither.
    ``erase`` blanks the fields, deletes the rows, or keeps them. ``values`` says what a field becomes that cannot be
    empty. ``prepare`` puts rows in order before (it gets their keys and the time); ``unlock`` names triggers that
    otherwise refuse. ``told_to`` narrows what is told, where rows about a person are addressed to others; ``present``
    changes a value before it is told (it gets the row). ``scans`` says that finding reads a whole table. Small
    ``order`` comes first, in the export and in erasing.
    """

    model: str
    title: Text = ""
    order: int = 500
    find: Find | None = None
    personal: tuple[str, ...] = ()
    secret: tuple[str, ...] = ()
    shown: tuple[str, ...] = ()
    kept: tuple[str, ...] = ()
    plain: tuple[str, ...] = ()
    reason: str = ""
    erase: Erasing = "blank"
    values: Mapping[str, Any] = field(default_factory=dict)
    prepare: Prepare | None = None
    told_to: Find | None = None
    present: Mapping[str, Callable[[Any], Any]] = field(default_factory=dict)
    unlock: tuple[str, ...] = ()
    scans: bool = False

    @property
    def declared(self) -> set[str]:
        """Every field that somebody has thought about."""
        return {*self.personal, *self.secret, *self.shown, *self.kept, *self.plain}

    @property
    def told(self) -> tuple[str, ...]:
        """The fields that a person is told."""
        return (*self.shown, *self.personal, *self.kept)


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why somebody cannot be erased now: a code for programs and a sentence for people."""

    code: str
    message: Text


_holdings: dict[str, Holding] = {}
_files: list[Files] = []
_refusals: list[Callable[[Person, datetime], list[Refusal]]] = []


def holds(model: str, **about: Any) -> None:
    """Say what a model holds; ``about`` as in `Holding`. Raises `ValueError` for one that is known."""
    if model in _holdings:
        raise ValueError(f"what {model} holds is said already")
    _holdings[model] = Holding(model=model, **about)


def holds_nothing(model: str, fields: str = "", *, reason: str) -> None:
    """Say that a model holds nothing about people, field by field (names with spaces between them), and why."""
    holds(model, plain=tuple(fields.split()), reason=reason, erase="keep")


def refuses(check: Callable[[Person, datetime], list[Refusal]]) -> None:
    """Have a function asked, before somebody is erased, what stands against it."""
    _refusals.append(check)


def encloses(files: Files) -> Files:
    """Have a function add files (name and content) to what a person is told."""
    _files.append(files)
    return files


def files_of(person: Person) -> list[tuple[str, bytes]]:
    """Every file that belongs to what somebody is told."""
    return [file for files in _files for file in files(person)]


def refusals_of(person: Person, at: datetime) -> list[Refusal]:
    """Everything that stands against erasing somebody now."""
    return [refusal for check in _refusals for refusal in check(person, at)]


def holdings() -> list[Holding]:
    """All that is declared, in order."""
    return sorted(_holdings.values(), key=lambda holding: (holding.order, holding.model))


def holding_get(model: str) -> Holding | None:
    """What one model holds."""
    return _holdings.get(model)
