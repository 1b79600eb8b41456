"""The promise that a row is as its editor saw it, kept inside services that lock it themselves."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from django.db import models
from django.forms import model_to_dict

from core.exceptions import VersionConflict

from .values import Values, plain

_expected: ContextVar[dict[tuple[str, str], Values] | None] = ContextVar("expected", default=None)


@contextmanager
def expecting(row: models.Model, values: Values) -> Iterator[None]:
    """Expect of a row, for the block, that its fields have these values (see `core.editing.values.plain`)."""
    token = _expected.set({(row._meta.label_lower, str(row.pk)): values})
    try:
        yield
    finally:
        _expected.reset(token)


def rows_unchanged(model: type[models.Model], *, fields: Collection[str] | None = None) -> None:
    """Call it in a service after locking: raises `VersionConflict` if a row of the model is not as its editor saw it.

    ``fields`` narrows it to what the service is going to write. No query where nobody has said what was seen.
    """
    for (label, number), values in (_expected.get() or {}).items():
        if label != model._meta.label_lower:
            continue
        wanted = [name for name in values if fields is None or name in fields]
        row = model._base_manager.filter(pk=number).first()
        now = model_to_dict(row, fields=wanted) if row is not None else {}
        if any(plain(now.get(name)) != values[name] for name in wanted):
            raise VersionConflict
