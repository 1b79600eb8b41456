"""Entries of the log in plain words: labels of fields, choices, dates, money, and the names of what they point to."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.apps import apps
from django.contrib.auth import get_user_model
from django.core.exceptions import FieldDoesNotExist, ValidationError
from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from core.formats import format_days, format_value
from core.models.audit import AuditEntry, Operation, Origin
from core.money import MoneyField, format_money

from .decorator import audit_spec
from .houses import House, houses_named
from .triggers import SECRET_SHOWN

Names = Mapping[tuple[str, str], str]
TEXT_LENGTH = 300
NAME_COLUMNS = ("reference", "name", "number", "code", "title", "email", "description", "filename")


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One field's values in words."""

    label: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class AuditLine:
    """One entry as a person reads it. ``model`` and ``object_id`` are for links; ``rows`` names several rows."""

    id: int
    at: datetime
    who: str
    operation: str
    what: str
    kind: str
    name: str
    rows: str
    changes: tuple[FieldChange, ...]
    origin: str
    place: str
    ip: str
    request_id: str
    house: str
    model: str
    object_id: str
    url: str = ""


def audit_lines(entries: Sequence[AuditEntry]) -> list[AuditLine]:
    """Entries in words. At most one query for each kind of thing that is named in them, whatever their number."""
    if not entries:
        return []
    names = _names(entries)
    who = who_names(entries)
    ids = {entry.property_id for entry in entries if entry.property_id is not None}
    houses = houses_named(ids)
    return [
        _line(entry, names, who.get(entry.pk, ""), houses.get(entry.property_id or 0)) for entry in entries
    ]


def who_names(entries: Iterable[AuditEntry]) -> dict[int, str]:
    """Who made each entry: the user's name, else the program's. One query."""
    entries = list(entries)
    ids = {entry.user_id for entry in entries if entry.user_id is not None}
    users: dict[int, Any] = get_user_model()._default_manager.in_bulk(ids) if ids else {}
    found = {}
    for entry in entries:
        if entry.user_id is None:
            found[entry.pk] = _nobody(entry)
        elif entry.user_id in users:
            found[entry.pk] = users[entry.user_id].get_full_name()
        else:
            found[entry.pk] = _("user %(number)s, deleted") % {"number": entry.user_id}
    return found


def _nobody(entry: AuditEntry) -> str:
    if entry.origin in (Origin.PAGE, Origin.API):
        return _("a guest")
    return str(Origin(entry.origin).label)


def _line(entry: AuditEntry, names: Names, who: str, house: House | None) -> AuditLine:
    model = _model(entry.model)
    currency = str((entry.after or {}).get("currency") or (entry.before or {}).get("currency") or "")
    currency = currency or (house.currency if house else "")
    return AuditLine(
        id=entry.pk,
        at=entry.at,
        who=who,
        operation=entry.operation,
        what=str(Operation(entry.operation).label),
        kind=str(model._meta.verbose_name) if model else entry.model,
        name=_object_name(entry, names),
        rows=_rows(entry, model, names),
        changes=tuple(_changes(entry, model, names, currency)),
        origin=str(Origin(entry.origin).label),
        place=entry.place,
        ip=entry.ip,
        request_id=entry.request_id,
        house=house.name if house else "",
        model=entry.model,
        object_id=entry.object_id,
    )


def _changes(
    entry: AuditEntry, model: type[models.Model] | None, names: Names, currency: str
) -> Iterable[FieldChange]:
    before, after = entry.before or {}, entry.after or {}
    gone = (entry.erased or {}).get("digests", {})
    spec = audit_spec(entry.model)
    skipped = {"id", *(spec.keys if spec else ())} if entry.operation != Operation.UPDATE else set()
    for column in sorted({*before, *after} - skipped, key=lambda name: _order(model, name)):
        field = _field(model, column)
        label = str(getattr(field, "verbose_name", "") or column)
        texts = [
            _("erased") if f"{side}.{column}" in gone else _value(field, values.get(column), names, currency)
            for side, values in (("before", before), ("after", after))
        ]
        yield FieldChange(label, texts[0] if before else "", texts[1] if after else "")


def _value(field: Any, value: Any, names: Names, currency: str) -> str:
    if value == SECRET_SHOWN:
        return _("not shown")
    if value is not None and field is not None:
        if field.is_relation:
            return names.get((field.related_model._meta.label_lower, str(value)), f"#{value}")
        if field.choices:
            return str(dict(field.flatchoices).get(value, value))
        if isinstance(field, MoneyField) and currency:
            return format_money(field.to_python(str(value)), currency)
    text = format_value(value)
    return text if len(text) <= TEXT_LENGTH else f"{text[:TEXT_LENGTH]} …"


def _rows(entry: AuditEntry, model: type[models.Model] | None, names: Names) -> str:
    """Which rows an entry about several is about: what they share, and their dates."""
    spec = audit_spec(entry.model)
    if not entry.keys or spec is None:
        return ""
    if is_summed_up(entry):
        count = int(entry.keys["rows"])
        return ngettext("%(count)d row", "%(count)d rows", count) % {"count": count}
    parts = [
        _value(_field(model, column), entry.keys[column], names, "")
        for column in spec.keys
        if column in entry.keys and column != _parent_column(model, spec.parent)
    ]
    together = entry.keys.get(spec.together) or []
    try:
        parts.append(format_days([date.fromisoformat(str(one)) for one in together]))
    except ValueError:
        parts.append(", ".join(map(str, together)))
    return " · ".join(part for part in parts if part)


def is_summed_up(entry: AuditEntry) -> bool:
    """Whether an entry sums up the rows of an import."""
    return not entry.object_id and "sha256" in (entry.keys or {})


def _parent_column(model: type[models.Model] | None, parent: str) -> str:
    return str(getattr(_field(model, parent), "column", "")) if parent else ""


def _object_name(entry: AuditEntry, names: Names) -> str:
    model, number = (
        (entry.model, entry.object_id)
        if entry.object_id
        else (entry.parent_model or "", entry.parent_id or "")
    )
    if (model, number) in names:
        return names[model, number]
    values = {**(entry.after or {}), **(entry.before or {})}
    known = next(
        (str(values[name]) for name in NAME_COLUMNS if values.get(name) not in (None, SECRET_SHOWN)), ""
    )
    return known or (f"#{number}" if number else "")


def _names(entries: Sequence[AuditEntry]) -> dict[tuple[str, str], str]:
    """The names of all rows that entries are about or point to, by model and number. One query for each model."""
    wanted: dict[str, set[str]] = defaultdict(set)
    for entry in entries:
        if entry.object_id:
            wanted[entry.model].add(entry.object_id)
        elif entry.parent_model and entry.parent_id:
            wanted[entry.parent_model].add(entry.parent_id)
        model = _model(entry.model)
        for values in (entry.before, entry.after, entry.keys):
            for column, value in (values or {}).items():
                field = _field(model, column)
                if field is not None and field.is_relation and isinstance(value, (int, str)):
                    wanted[field.related_model._meta.label_lower].add(str(value))
    found = {}
    for label, numbers in sorted(wanted.items()):
        model = _model(label)
        if model is not None and model.__str__ is not models.Model.__str__:
            found.update({(label, str(row.pk)): str(row) for row in _named_rows(model, numbers)})
    return found


def _named_rows(model: type[models.Model], numbers: Collection[str]) -> models.QuerySet[Any]:
    pk = model._meta.pk
    valid = []
    for number in numbers:
        try:
            valid.append(pk.to_python(number))
        except ValidationError:
            continue
    rows = model._default_manager.filter(pk__in=valid)
    spec = audit_spec(model._meta.label_lower)
    return rows.select_related(*spec.named_with) if spec and spec.named_with else rows


def _model(label: str) -> type[models.Model] | None:
    try:
        return apps.get_model(label)
    except (LookupError, ValueError):
        return None


def _field(model: type[models.Model] | None, column: str) -> Any:
    """The field of a column, if the model still has it."""
    if model is None:
        return None
    by_column = {field.column: field for field in model._meta.concrete_fields}
    if column in by_column:
        return by_column[column]
    try:
        return model._meta.get_field(column)
    except FieldDoesNotExist:
        return None


def _order(model: type[models.Model] | None, column: str) -> tuple[int, str]:
    columns = [field.column for field in model._meta.concrete_fields] if model else []
    return (columns.index(column) if column in columns else len(columns), column)


def origin_word(line: AuditLine) -> str:
    """From where, in few words: the page, the command or the job."""
    return pgettext("audit", "%(way)s %(place)s") % {"way": line.origin, "place": line.place}
