"""Taking a person's data away: rows, log and all, in one transaction.

The account stays as an empty shell, so that the ledger and the log, which nobody may change, still point to a number;
bookings keep their nights, prices and taxes, so that every figure is the same before and after.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

import pgtrigger
from django.apps import apps
from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.contrib.postgres.fields import ArrayField
from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Erasure, User
from core.audit import audit_spec
from core.audit.erasing import audit_addresses_erase, audit_guest_addresses_erase, audit_values_erase
from core.exceptions import Conflict
from core.locks import lock_timeout

from .declaring import Holding, Refusal, holdings, refusals_of
from .people import Person
from .records import ErasureRecord, addresses_hash, record_append

LOG_MODELS_LEFT_OUT = ("core.auditentry", "admin.logentry")


class ErasureRefused(Conflict):
    """Something still binds the person: a stay ahead, money that is owed. `data` has the reasons."""

    code = "erasure_refused"
    message = _("This person cannot be erased yet.")

    def __init__(self, refusals: Iterable[Refusal]) -> None:
        self.refusals = list(refusals)
        sentences = " ".join(str(refusal.message) for refusal in self.refusals)
        reasons = [{"code": refusal.code, "message": str(refusal.message)} for refusal in self.refusals]
        super().__init__(f"{self.message} {sentences}", data={"reasons": reasons})


@dataclass(slots=True)
class ErasureReport:
    """What was erased, or would be: rows by model, and entries of the log that lost values."""

    rows: dict[str, int] = field(default_factory=dict)
    log_entries: int = 0
    refusals: list[Refusal] = field(default_factory=list)
    uid: UUID | None = None

    def as_json(self) -> dict[str, Any]:
        """The report for commands."""
        return {
            "erasure": str(self.uid) if self.uid else None,
            "rows": self.rows,
            "log_entries": self.log_entries,
            "refusals": [{"code": one.code, "message": str(one.message)} for one in self.refusals],
        }


def erasure_preview(person: Person, *, at: datetime | None = None) -> ErasureReport:
    """What would be erased, and what stands against it. Changes nothing."""
    keys = person.all_keys()
    rows = {holding.model: len(keys[holding.model]) for holding in _erased(keys)}
    return ErasureReport(rows=rows, refusals=refusals_of(person, at or timezone.now()))


def person_erase(person: Person, *, actor: User | None = None, at: datetime | None = None) -> ErasureReport:
    """Erase all that is held about somebody but what the law wants kept.

    Writes down which rows they were, beside the backups too, so that it is done again after a restore. Locks the rows.
    Raises `ErasureRefused`.
    """
    at = at or timezone.now()
    with transaction.atomic(durable=True), lock_timeout():
        if refusals := refusals_of(person, at):
            raise ErasureRefused(refusals)
        keys = person.all_keys()
        report = rows_erase(keys, at=at)
        report.uid = uuid4()
        rows = {holding.model: [str(key) for key in sorted(keys[holding.model])] for holding in _erased(keys)}
        record = ErasureRecord(
            uid=str(report.uid), at=at.isoformat(), rows=rows, addresses=addresses_hash(person.emails)
        )
        if not any(rows.values()):
            return report
        Erasure.objects.create(
            uid=report.uid, at=at, rows=report.rows, erased_by=actor, is_own=_is_own(person, actor)
        )
        record_append(record)
    return report


def _is_own(person: Person, actor: User | None) -> bool:
    return actor is not None and actor.pk == person.user_id


def rows_erase(keys: Mapping[str, Iterable[Any]], *, at: datetime) -> ErasureReport:
    """Erase what is personal in some rows, and in the log of them; idempotent. In the caller's transaction."""
    report = ErasureReport()
    erased = _erased(keys)
    for holding in erased:
        report.rows[holding.model] = _rows_erase(holding, list(keys[holding.model]), at)
    for holding in erased:
        report.log_entries += _log_erase(holding, [str(key) for key in keys[holding.model]])
    for user_id in keys.get("accounts.user", ()):
        report.log_entries += audit_addresses_erase(user_id=int(user_id))
    return report


def _erased(keys: Mapping[str, Iterable[Any]]) -> list[Holding]:
    return [one for one in holdings() if one.erase != "keep" and keys.get(one.model)]


def _rows_erase(holding: Holding, keys: list[Any], at: datetime) -> int:
    model = apps.get_model(holding.model)
    with pgtrigger.ignore(*holding.unlock):
        if holding.prepare is not None:
            holding.prepare(keys, at)
        rows = model._default_manager.filter(pk__in=keys).order_by()
        if holding.erase == "delete":
            count = rows.count()
            rows.delete()
            return count
        names = {*holding.personal, *holding.secret, *holding.values}
        values = {name: holding.values.get(name, _nothing(model, name)) for name in names}
        return rows.update(**{name: value for name, value in values.items() if value is not KEEP})


KEEP = object()
"""In ``values``: this field is emptied by ``prepare``."""


def _nothing(model: type[models.Model], name: str) -> Any:
    """What a field is when it says nothing."""
    found = model._meta.get_field(name)
    assert isinstance(found, models.Field)
    if found.null:
        return None
    if isinstance(found, models.JSONField):
        return {}
    return [] if isinstance(found, ArrayField) else ""


def _log_erase(holding: Holding, keys: list[str]) -> int:
    """Take the values out of the log, and the name of the row out of Django's."""
    if holding.model in LOG_MODELS_LEFT_OUT:
        return 0
    model = apps.get_model(holding.model)
    kind = ContentType.objects.get_for_model(model)
    LogEntry.objects.filter(content_type=kind, object_id__in=keys).update(object_repr="", change_message="")
    label = model._meta.label_lower
    if audit_spec(label) is None:
        return 0
    columns = [
        str(getattr(model._meta.get_field(name), "column", name))
        for name in (*holding.personal, *holding.secret)
    ]
    return audit_values_erase(model=label, object_ids=keys, columns=columns) + audit_guest_addresses_erase(
        model=label, object_ids=keys
    )
