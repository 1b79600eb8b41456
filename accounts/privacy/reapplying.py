"""Erasing people again whom an older backup has brought back."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models.functions import Lower
from django.utils import timezone

from accounts.models import Erasure

from .declaring import holdings
from .erasing import rows_erase
from .people import Person
from .records import ErasureRecord, hashes_of, records_read


@dataclass(frozen=True, slots=True)
class Reapplied:
    """How many erasures were done again, and how many rows and entries of the log that were."""

    erasures: int = 0
    rows: int = 0
    log_entries: int = 0


def erasures_missing(path: Path | None = None) -> list[ErasureRecord]:
    """What the list (or the one at ``path``) says was erased, and this database does not know. One query."""
    known = {str(uid) for uid in Erasure.objects.values_list("uid", flat=True)}
    return [record for record in records_read(path) if record.uid not in known]


def erasures_reapply(*, at: datetime | None = None, path: Path | None = None) -> Reapplied:
    """Erase again, in a transaction for each, whom a restored backup has brought back. Twice changes nothing.

    Rows are found by their keys and by the hashes of addresses, over all that the database holds from before.
    Raises `RecordsUnreadable`.
    """
    at = at or timezone.now()
    missing = erasures_missing(path)
    emails = _emails_found(missing)
    rows = log_entries = 0
    for record in missing:
        with transaction.atomic(durable=True):
            person = Person(rows=_keys(record), emails=emails.get(record.uid, ()))
            keys = person.all_keys()
            report = rows_erase(keys, at=at)
            Erasure.objects.create(
                uid=UUID(record.uid),
                at=datetime.fromisoformat(record.at),
                rows=report.rows,
                reapplied_at=at,
            )
        rows += sum(report.rows.values())
        log_entries += report.log_entries
    return Reapplied(erasures=len(missing), rows=rows, log_entries=log_entries)


def _keys(record: ErasureRecord) -> dict[str, list[Any]]:
    """The keys of a line as the models have them; models that are gone are left out."""
    known = {holding.model for holding in holdings()}
    found = {}
    for model, texts in record.rows.items():
        if model in known:
            pk = apps.get_model(model)._meta.pk
            found[model] = [key for key in (_key(pk, text) for text in texts) if key is not None]
    return found


def _key(pk: Any, text: str) -> Any:
    try:
        return pk.to_python(text)
    except ValidationError:
        return None


def _emails_found(records: list[ErasureRecord]) -> dict[str, set[str]]:
    """Which addresses of the database are those of which lines."""
    wanted: dict[str, set[str]] = {}
    for record in records:
        for digest in record.addresses:
            wanted.setdefault(digest, set()).add(record.uid)
    found: dict[str, set[str]] = {}
    if not wanted:
        return found
    for email in _emails():
        for digest in hashes_of(email):
            for uid in wanted.get(digest, ()):
                found.setdefault(uid, set()).add(email)
    return found


def _emails() -> Iterator[str]:
    """Every address that anything personal holds, each once per column. A query for each column."""
    for holding in holdings():
        model = apps.get_model(holding.model)
        for name in holding.personal:
            field = model._meta.get_field(name)
            if isinstance(field, models.EmailField):
                rows = model._default_manager.exclude(**{name: ""}).order_by()
                yield from rows.values_list(Lower(name), flat=True).distinct().iterator()
