"""What somebody else changed while a form was open."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from django import forms
from django.core.exceptions import FieldDoesNotExist, ValidationError
from django.db import models
from django.http import QueryDict
from django.utils.translation import gettext as _

from core.audit.selectors import Change, changes_latest
from core.exceptions import Difference
from core.formats import format_value

from .values import Opened, form_values, plain


def differences(
    opened: Opened, form: forms.BaseModelForm[Any], formsets: Iterable[Any], data: QueryDict
) -> list[Difference]:
    """What is not as it was opened, for a bound form on the row as it is now; empty: nothing is.

    ``data``, a mutable copy of what was sent, gets their values where one has not touched a field oneself. No query
    where nothing differs, else two for each row that does.
    """
    found: list[Difference] = []
    for key, row_form in _forms(form, formsets):
        was = opened.get(key)
        if was is not None:
            found += _row_differences(row_form, was, data, is_below=bool(key))
    now = {key for key, _row in _forms(form, formsets)}
    for key in opened:
        if key not in now:
            prefix = key.partition("/")[0]
            name = next((str(f.model._meta.verbose_name) for f in formsets if f.prefix == prefix), prefix)
            found.append(Difference(label=name, was="", theirs=_("deleted"), yours=""))
    return found


def _forms(form: Any, formsets: Iterable[Any]) -> Iterator[tuple[str, Any]]:
    yield "", form
    for formset in formsets:
        for row_form in formset.initial_forms:
            yield f"{formset.prefix}/{row_form.instance.pk}", row_form


def _row_differences(form: Any, was: dict[str, Any], data: QueryDict, *, is_below: bool) -> list[Difference]:
    now = form_values(form)
    changed = [name for name in now if name in was and now[name] != was[name]]
    if not changed:
        return []
    row = form.instance
    latest = changes_latest(row, [_column(row, name) for name in changed])
    found = []
    for name in changed:
        field = form.fields[name]
        yours, text = _yours(form, name, field)
        if yours == was[name]:
            _take_theirs(data, form, name, field)
            text = ""
        if yours == now[name]:
            text = ""
        change: Change | None = latest.get(_column(row, name))
        label = str(field.label or name)
        found.append(
            Difference(
                label=f"{row}: {label}" if is_below else label,
                was=shown(field, was[name]),
                theirs=shown(field, now[name]),
                yours=text,
                by=change.who if change else "",
                at=change.at if change else None,
            )
        )
    return found


def _column(row: models.Model, name: str) -> str:
    try:
        return getattr(row._meta.get_field(name), "column", None) or name
    except FieldDoesNotExist:
        return name


def _yours(form: Any, name: str, field: forms.Field) -> tuple[Any, str]:
    raw = field.widget.value_from_datadict(form.data, form.files, form.add_prefix(name))
    try:
        value = plain(field.clean(raw))
    except (ValidationError, TypeError):
        return raw, str(raw)
    return value, shown(field, value)


def _take_theirs(data: QueryDict, form: Any, name: str, field: forms.Field) -> None:
    """Write into what was sent what the row has now, in the words of the field's widget."""
    html_name = form.add_prefix(name)
    widget: Any = getattr(field.widget, "widget", field.widget)
    value = field.prepare_value(form.get_initial_for_field(field, name))
    if isinstance(widget, forms.MultiWidget):
        parts = widget.decompress(value)
        for suffix, part, one in zip(_suffixes(widget), parts or (), widget.widgets, strict=True):
            data[html_name + suffix] = _written(one, part)
    elif isinstance(widget, forms.CheckboxInput):
        data.pop(html_name, None)
        if value:
            data[html_name] = "on"
    elif isinstance(widget, forms.SelectMultiple):
        data.setlist(html_name, [str(getattr(one, "pk", one)) for one in value or ()])
    elif not isinstance(widget, forms.FileInput):
        data[html_name] = _written(widget, value)


def _suffixes(widget: Any) -> list[str]:
    """What the names of a widget's parts end with."""
    return list(widget.widgets_names)


def _written(widget: forms.Widget, value: Any) -> str:
    text = widget.format_value(value)
    if isinstance(text, (list, tuple)):
        text = text[0] if text else ""
    return "" if text is None else str(text)


def shown(field: forms.Field, value: Any) -> str:
    """A value in words: the label of a choice, the name of what is pointed to, a date as people write it."""
    if isinstance(value, list) and hasattr(field, "choices"):
        return ", ".join(_choice(field, one) for one in value)
    if hasattr(field, "choices"):
        return _choice(field, value)
    return format_value(value)


def _choice(field: Any, value: Any) -> str:
    if value == "":
        return "—"
    queryset = getattr(field, "queryset", None)
    if queryset is not None:
        row = queryset.model._default_manager.filter(pk=value).first()
        return str(row) if row is not None else str(value)
    return next((str(label) for key, label in field.choices if str(key) == str(value)), str(value))
