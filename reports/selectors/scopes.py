"""Which properties a reader may have reports about, and which of them are asked for."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from django.utils.translation import gettext, ngettext

from core.dates import property_today
from core.exceptions import NotFound
from inventory.models import Property
from reports.models import PropertyGroup
from reports.types import Scope


@dataclass(frozen=True, slots=True)
class House:
    """A property as a choice."""

    id: int
    name: str
    slug: str
    time_zone: str


@dataclass(frozen=True, slots=True)
class Group:
    """A group of which the reader may see every property."""

    id: int
    name: str
    property_ids: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class ScopeChoice:
    """What was chosen and what could be; ``today`` is the day in the first house of the scope."""

    scope: Scope
    houses: tuple[House, ...]
    groups: tuple[Group, ...]
    group_id: int | None
    today: date

    @property
    def chosen(self) -> tuple[House, ...]:
        """The houses of the scope."""
        return tuple(house for house in self.houses if house.id in self.scope.property_ids)


def scope_choose(
    allowed_ids: Collection[int] | None,
    *,
    house_ids: Collection[int] = (),
    group_id: int | None = None,
    at: datetime,
) -> ScopeChoice:
    """Find the properties of a question among those allowed (None: all); none chosen means all of these.

    Three queries. Raises `NotFound` for a house or group that does not exist or is not the reader's, and when there
    is no property at all.
    """
    rows = Property.objects.order_by("name", "pk")
    if allowed_ids is not None:
        rows = rows.filter(pk__in=list(allowed_ids))
    houses = tuple(House(*values) for values in rows.values_list("pk", "name", "slug", "time_zone"))
    by_id = {house.id: house for house in houses}
    groups = tuple(_groups(by_id.keys()))
    if group_id is not None:
        group = next((group for group in groups if group.id == group_id), None)
        if group is None:
            raise NotFound
        ids, name = group.property_ids, group.name
    else:
        if not houses or not by_id.keys() >= set(house_ids):
            raise NotFound
        ids = tuple(house_ids or by_id)
        name = _name([by_id[number] for number in ids], is_all=len(ids) == len(by_id))
    first = next(house for house in houses if house.id in ids)
    return ScopeChoice(
        scope=Scope(ids, name),
        houses=houses,
        groups=groups,
        group_id=group_id,
        today=property_today(first.time_zone, at),
    )


def _groups(seen: Collection[int]) -> list[Group]:
    """Return the groups of which everything is seen, by name. Two queries."""
    groups = []
    for group in PropertyGroup.objects.prefetch_related("properties").order_by("name"):
        ids = tuple(sorted(house.pk for house in group.properties.all()))
        if ids and set(seen) >= set(ids):
            groups.append(Group(group.pk, group.name, ids))
    return groups


def _name(houses: list[House], *, is_all: bool) -> str:
    if len(houses) <= 2:
        return ", ".join(house.name for house in houses)
    if is_all:
        return gettext("All properties")
    return ngettext("%(count)d property", "%(count)d properties", len(houses)) % {"count": len(houses)}
