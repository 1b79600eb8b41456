"""Reading the log."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import models
from django.db.models import Q
from django.db.models.expressions import RawSQL

from core.models import AuditEntry

from .decorator import audit_spec
from .words import AuditLine, audit_lines, who_names

HISTORY_LENGTH = 10
PAGE_LENGTH = 50
FIELD_CHANGES_LOOKED_AT = 200


@dataclass(frozen=True, slots=True)
class Change:
    """Who changed something last, and when."""

    who: str
    at: datetime


@dataclass(frozen=True, slots=True)
class LogFilter:
    """What of the log is looked for; None and "" mean everything. ``until`` is not in it any more."""

    property_ids: Collection[int] | None = None
    property_id: int | None = None
    user_ids: Collection[int] | None = None
    operation: str = ""
    model: str = ""
    object_id: str = ""
    field: str = ""
    since: datetime | None = None
    until: datetime | None = None
    request_id: str = ""


@dataclass(frozen=True, slots=True)
class LogPage:
    """One page of the log, newest first. ``older`` and ``newer`` are the cursors of the pages beside it, if any."""

    lines: list[AuditLine]
    older: int | None
    newer: int | None


def audit_for(
    row: models.Model,
    *,
    limit: int = HISTORY_LENGTH,
    also: Sequence[models.Model] = (),
    is_own_only: bool = False,
) -> list[AuditLine]:
    """The latest changes of a row and of what belongs to it, newest first; ``also`` adds other rows' histories.

    One query for the entries, and at most one for each kind of thing that is named in them. ``is_own_only`` leaves
    out what belongs to it: then the number of queries does not depend on how much that is.
    """
    entries = AuditEntry.objects.filter(_own(row)) if is_own_only else _history(row, also)
    return audit_lines(list(entries.order_by("-id")[:limit]))


def audit_history(
    row: models.Model,
    *,
    before: int | None = None,
    after: int | None = None,
    also: Sequence[models.Model] = (),
) -> LogPage:
    """One page of a row's whole history; ``before`` and ``after`` are cursors. As many queries as `audit_for`."""
    return _page(_history(row, also), before, after)


def audit_page(wanted: LogFilter, *, before: int | None = None, after: int | None = None) -> LogPage:
    """One page of the log. One query for the entries, and at most one for each kind of thing that is named in them."""
    return _page(entries_found(wanted), before, after)


def changes_latest(row: models.Model, columns: Iterable[str]) -> dict[str, Change]:
    """Who changed which of some columns of a row last, as far as its last 200 changes tell. Two queries."""
    entries = list(
        AuditEntry.objects.filter(_own(row), operation="update").order_by("-id")[:FIELD_CHANGES_LOOKED_AT]
    )
    names = who_names(entries)
    found: dict[str, Change] = {}
    wanted = set(columns)
    for entry in entries:
        for column in wanted & set(entry.after or {}):
            found.setdefault(column, Change(who=names.get(entry.pk, ""), at=entry.at))
    return found


def _own(row: models.Model) -> Q:
    label = row._meta.label_lower
    spec = audit_spec(label)
    if spec is None or not spec.together:
        own = Q(model=label, object_id=str(row.pk))
        return own | _summed_up(label, row.pk) if spec and spec.summed_up else own
    together: Any = getattr(row, row._meta.get_field(spec.together).attname)  # type: ignore[union-attr]
    keys = {column: getattr(row, column) for column in spec.keys}
    found = Q(model=label, keys__contains={**keys, spec.together: [str(together)]})
    if spec.parent:
        found &= Q(parent_id=str(getattr(row, row._meta.get_field(spec.parent).attname)))  # type: ignore[union-attr]
        found &= Q(parent_model=row._meta.get_field(spec.parent).related_model._meta.label_lower)  # type: ignore[union-attr]
    return found


def _summed_up(label: str, number: Any) -> Q:
    """The entry of the import that brought a row in: it has the row's id among its own."""
    ids = RawSQL(
        "(keys ->> 'ids')::int8multirange @> %s::bigint", [number], output_field=models.BooleanField()
    )
    return Q(model=label, object_id="") & Q(ids)


def _history(row: models.Model, also: Sequence[models.Model]) -> models.QuerySet[AuditEntry]:
    found = Q()
    for one in (row, *also):
        found |= _own(one) | Q(parent_model=one._meta.label_lower, parent_id=str(one.pk))
    return AuditEntry.objects.filter(found)


def entries_found(wanted: LogFilter) -> models.QuerySet[AuditEntry]:
    """Every entry that is looked for, in no order of its own."""
    entries = AuditEntry.objects.all()
    if wanted.property_ids is not None:
        entries = entries.filter(property_id__in=list(wanted.property_ids))
    if wanted.user_ids is not None:
        entries = entries.filter(user_id__in=list(wanted.user_ids))
    exact = {
        name: value
        for name in ("property_id", "operation", "model", "object_id", "request_id")
        if (value := getattr(wanted, name))
    }
    entries = entries.filter(**exact)
    if wanted.field:
        entries = entries.filter(Q(before__has_key=wanted.field) | Q(after__has_key=wanted.field))
    if wanted.since:
        entries = entries.filter(at__gte=wanted.since)
    if wanted.until:
        entries = entries.filter(at__lt=wanted.until)
    return entries


def _page(entries: models.QuerySet[AuditEntry], before: int | None, after: int | None) -> LogPage:
    """Newest first; ``after`` goes back towards what is newer."""
    if after is not None:
        found = list(entries.filter(pk__gt=after).order_by("id")[: PAGE_LENGTH + 1])
        more, found = len(found) > PAGE_LENGTH, found[:PAGE_LENGTH][::-1]
        return LogPage(audit_lines(found), found[-1].pk if found else after, found[0].pk if more else None)
    if before is not None:
        entries = entries.filter(pk__lt=before)
    found = list(entries.order_by("-id")[: PAGE_LENGTH + 1])
    more, found = len(found) > PAGE_LENGTH, found[:PAGE_LENGTH]
    older = found[-1].pk if more else None
    newer = found[0].pk if before is not None and found else None
    return LogPage(audit_lines(found), older, newer)
