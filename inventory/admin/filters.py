"""Filters that offer only what the user may see."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from django.contrib import admin
from django.db import models
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.permissions import property_ids_with, roles_for
from accounts.scoping import PropertyScopedAdmin, access_of
from inventory.models import Property, RatePlan, RoomType

HOUSE_PARAMETER = "house"


def houses_seen(request: HttpRequest, model_admin: PropertyScopedAdmin) -> list[tuple[int, str]]:
    """Number and name of the properties whose rows of this admin the user may see. One query per request."""
    seen: dict[str, list[tuple[int, str]]] = request.__dict__.setdefault("houses_seen", {})
    label = model_admin.opts.label_lower
    if label not in seen:
        ids = property_ids_with(access_of(request), roles_for(label, "view"))
        rows = Property.objects.order_by("name", "pk")
        rows = rows if ids is None else rows.filter(pk__in=ids)
        seen[label] = list(rows.values_list("pk", "name"))
    return seen[label]


class _ScopedFilter(admin.SimpleListFilter):
    """A filter that knows its admin's way to the property."""

    def __init__(self, request: HttpRequest, params: Any, model: Any, model_admin: Any) -> None:
        self.model_admin = model_admin
        super().__init__(request, params, model, model_admin)

    @property
    def chosen(self) -> str | None:
        """The value, if it is one that was offered."""
        value = self.value()
        return value if value in {key for key, _name in self.lookup_choices} else None


class PropertyFilter(_ScopedFilter):
    """By house. Not shown to who works in one only."""

    title = _("property")
    parameter_name = HOUSE_PARAMETER

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        houses = houses_seen(request, model_admin)
        return [(str(pk), name) for pk, name in houses] if len(houses) > 1 else []

    def queryset(self, request: HttpRequest, queryset: models.QuerySet[Any]) -> models.QuerySet[Any]:
        chosen = self.chosen
        return queryset if chosen is None else queryset.filter(**{self.model_admin.property_path: chosen})


class _OfOneHouse(_ScopedFilter):
    """By something of one house: offered as soon as one house is chosen, or where there is but one."""

    model: type[RoomType | RatePlan]
    path: str

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        houses = houses_seen(request, model_admin)
        chosen = request.GET.get(HOUSE_PARAMETER, "")
        ids = [pk for pk, _name in houses if len(houses) == 1 or str(pk) == chosen]
        if not ids:
            return []
        rows = self.model._default_manager.filter(property_id=ids[0]).order_by("position", "pk")
        return [(str(row.pk), str(row)) for row in rows]

    def queryset(self, request: HttpRequest, queryset: models.QuerySet[Any]) -> models.QuerySet[Any]:
        return queryset if self.chosen is None else queryset.filter(**{self.path: self.chosen})


class RoomTypeFilter(_OfOneHouse):
    title = _("room type")
    parameter_name = "room_type"
    model = RoomType
    path = "room_type"


class RatePlanFilter(_OfOneHouse):
    title = _("rate plan")
    parameter_name = "rate_plan"
    model = RatePlan
    path = "rate_plan"


class NightFilter(admin.SimpleListFilter):
    """By night, from today on unless another choice is made. Today is the server's."""

    title = _("night")
    parameter_name = "night"
    path = "date"
    starts_today = True

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [
            ("today", _("Today")),
            ("week", _("Next 7 days")),
            ("month", _("Next 30 days")),
            ("past", _("Past")),
            *([("all", _("All"))] if self.starts_today else ()),
        ]

    def queryset(self, request: HttpRequest, queryset: models.QuerySet[Any]) -> models.QuerySet[Any]:
        today = timezone.localdate()
        ranges: dict[str | None, dict[str, date]] = {
            "today": {self.path: today},
            "week": {f"{self.path}__gte": today, f"{self.path}__lt": today + timedelta(days=7)},
            "month": {f"{self.path}__gte": today, f"{self.path}__lt": today + timedelta(days=30)},
            "past": {f"{self.path}__lt": today},
            "all": {},
        }
        default = {f"{self.path}__gte": today} if self.starts_today else {}
        return queryset.filter(**ranges.get(self.value(), default))

    def choices(self, changelist: Any) -> Iterator[Any]:
        """Name the default for what it is."""
        for index, choice in enumerate(super().choices(changelist)):
            if index == 0 and self.starts_today:
                choice["display"] = _("From today on")
            yield dict(choice)
