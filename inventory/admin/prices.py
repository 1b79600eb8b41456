"""How prices changed, to be read."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts.scoping import PropertyScopedAdmin
from core.admin import ReadOnlyAdmin
from core.formats import format_day_short
from core.money import format_money
from inventory.models import PriceChange

from .filters import PropertyFilter, RatePlanFilter, RoomTypeFilter


@admin.register(PriceChange)
class PriceChangeAdmin(ReadOnlyAdmin, PropertyScopedAdmin):
    """The history of nightly rates, newest first."""

    property_path = "room_type__property"
    list_display = ("changed_at", "room_type", "rate_plan", "nights_shown", "before", "after", "by_whom")
    list_filter = (PropertyFilter, RoomTypeFilter, RatePlanFilter)
    list_select_related = ("room_type", "rate_plan", "context")
    ordering = ("-id",)
    sortable_by = ()
    fields = ("changed_at", "room_type", "rate_plan", "nights_shown", "before", "after", "by_whom")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return self.fields

    @admin.display(description=_("nights"))
    def nights_shown(self, change: PriceChange) -> str:
        first, last = change.nights[0], change.nights[-1]
        if first == last:
            return format_day_short(first, with_year=True)
        ends = f"{format_day_short(first)} – {format_day_short(last, with_year=True)}"
        return f"{ends} ({len(change.nights)})"

    @admin.display(description=_("before"))
    def before(self, change: PriceChange) -> str:
        return "" if change.price_before is None else format_money(change.price_before, change.currency)

    @admin.display(description=_("after"))
    def after(self, change: PriceChange) -> str:
        return "" if change.price_after is None else format_money(change.price_after, change.currency)

    @admin.display(description=_("request"))
    def by_whom(self, change: PriceChange) -> str:
        """The address of the request that changed it, and the id of its user."""
        if change.context is None:
            return ""
        about = change.context.metadata
        return " · ".join(str(about[key]) for key in ("url", "user") if about.get(key))
