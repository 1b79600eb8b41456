"""Properties by number, for those who know only that."""

from __future__ import annotations

from collections.abc import Collection

from core.audit.houses import House
from inventory.models import Property


def houses_named(ids: Collection[int] | None) -> dict[int, House]:
    """The names and currencies of properties; None means all. One query."""
    found = Property.objects.all() if ids is None else Property.objects.filter(pk__in=ids)
    rows = found.values_list("pk", "name", "currency")
    return {pk: House(name, currency) for pk, name, currency in rows}
