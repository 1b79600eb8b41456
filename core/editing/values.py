"""What a form shows, in a form that can be compared and carried in a page."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from django import forms
from django.core import signing
from django.db import models
from django.utils import timezone

SALT = "core.editing"
Values = dict[str, Any]
Opened = dict[str, Values]
"""Values by field, by the number of the row: "" for the form itself, ``prefix/pk`` for the rows below it."""


def plain(value: Any) -> Any:
    """A value as JSON; equal things become equal. Files and unknown things by their text."""
    if value is None or value == "":
        return ""
    if isinstance(value, (bool, int)):
        return value
    if isinstance(value, models.Model):
        return value.pk
    if isinstance(value, (Decimal, float)):
        return format(Decimal(str(value)).normalize(), "f")
    if isinstance(value, datetime):
        moment = timezone.make_aware(value) if timezone.is_naive(value) else value
        return moment.astimezone(timezone.get_default_timezone()).replace(microsecond=0).isoformat()
    if isinstance(value, time):
        return value.replace(microsecond=0, tzinfo=None).isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, (list, tuple, set, frozenset, models.QuerySet)):
        return sorted((plain(one) for one in value), key=str)
    return str(value)


def form_values(form: forms.BaseForm) -> Values:
    """What a form shows of its row, by field; hidden fields are nobody's to read and left out."""
    return {
        name: plain(form.get_initial_for_field(field, name))
        for name, field in form.fields.items()
        if not field.widget.is_hidden and name != "DELETE"
    }


def opened_values(form: forms.BaseForm, formsets: Iterable[Any]) -> Opened:
    """What a page with a form and rows below it shows."""
    opened: Opened = {"": form_values(form)}
    for formset in formsets:
        for row in formset.initial_forms:
            opened[f"{formset.prefix}/{row.instance.pk}"] = form_values(row)
    return opened


def opened_write(opened: Opened, subject: str) -> str:
    """The values, signed for one object, for a hidden input."""
    return signing.dumps(opened, salt=f"{SALT}:{subject}", compress=True)


def opened_read(text: str, subject: str) -> Opened | None:
    """The values of a hidden input; None for one that is missing, forged or another object's."""
    try:
        opened = signing.loads(text, salt=f"{SALT}:{subject}")
    except signing.BadSignature:
        return None
    return opened if isinstance(opened, Mapping) else None  # type: ignore[return-value]
