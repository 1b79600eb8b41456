"""Telling a person all that is held about them, as data and as words."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.apps import apps
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.text import capfirst

from core.formats import format_value

from .declaring import Holding, holdings
from .people import Person


@dataclass(frozen=True, slots=True)
class Told:
    """One value: its name for programs and for people, and the value for both."""

    name: str
    label: str
    value: Any
    text: str


@dataclass(frozen=True, slots=True)
class Section:
    """What one kind of row says; ``reason`` is why some of it is kept."""

    model: str
    title: str
    reason: str
    rows: list[list[Told]]

    @property
    def file_name(self) -> str:
        """What the section's file is called."""
        return f"{self.model.replace('.', '-')}.json"

    def as_json(self) -> list[dict[str, Any]]:
        """The rows for programs."""
        return [{told.name: told.value for told in row} for row in self.rows]


def person_told(person: Person) -> list[Section]:
    """Everything that is held about somebody and is theirs to know, in order; empty sections are left out.

    A few queries for each kind of row.
    """
    return [
        section for holding in holdings() if holding.title and (section := _section(holding, person)).rows
    ]


def person_counts(person: Person) -> list[tuple[str, int]]:
    """How many rows of each kind are held and told, for a page: what would read whole tables is left to the file.

    A few queries for each kind.
    """
    counts = []
    for holding in holdings():
        if holding.told_to is not None:
            rows = apps.get_model(holding.model)._default_manager.filter(holding.told_to(person))
            counts.append((str(holding.title), rows.count()))
        elif holding.title and not holding.scans:
            counts.append((str(holding.title), len(person.keys(holding.model))))
    return [(title, count) for title, count in counts if count]


def person_json(person: Person, *, at: datetime | None = None) -> dict[str, Any]:
    """The same for programs, by model."""
    sections = person_told(person)
    return {
        "made_at": (at or timezone.now()).isoformat(),
        "data": {section.model: section.as_json() for section in sections},
    }


def _section(holding: Holding, person: Person) -> Section:
    keys = person.keys(holding.model)
    rows = list(_rows(holding, person, keys)) if keys and holding.told else []
    return Section(holding.model, str(holding.title), holding.reason if holding.kept else "", rows)


def _rows(holding: Holding, person: Person, keys: Any) -> Iterator[list[Told]]:
    model = apps.get_model(holding.model)
    found = model._default_manager.filter(holding.told_to(person) if holding.told_to else Q(), pk__in=keys)
    related = [name for name in holding.told if model._meta.get_field(name).is_relation]
    for row in found.select_related(*related).order_by("pk"):
        yield [_told(holding, row, model._meta.get_field(name)) for name in holding.told]


def _told(holding: Holding, row: models.Model, field: Any) -> Told:
    present = holding.present.get(field.name)
    value = present(row) if present else getattr(row, field.name)
    text = _text(row, field, value, is_presented=present is not None)
    label = capfirst(str(getattr(field, "verbose_name", field.name)))
    return Told(field.name, label, _plain(value), text)


def _plain(value: Any) -> Any:
    """A value as JSON has it."""
    if value is None or isinstance(value, (bool, int, float, str)):
        return value
    if isinstance(value, (dict, list)):
        return json.loads(json.dumps(value, default=str))
    if isinstance(value, Decimal):
        return str(value)
    if hasattr(value, "isoformat"):
        return value.isoformat()
    return str(value)


def _text(row: models.Model, field: Any, value: Any, *, is_presented: bool) -> str:
    if field.choices and not is_presented:
        return str(dict(field.flatchoices).get(value, value))
    if isinstance(value, (dict, list)):
        return json.dumps(_plain(value), ensure_ascii=False, indent=1) if value else ""
    if value is None or isinstance(value, models.Model):
        return str(value or "")
    if isinstance(value, (bool, Decimal, datetime)):
        return format_value(value)
    return str(value)
