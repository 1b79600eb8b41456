"""Rate plans and what a night costs."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.db import models
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from accounts.scoping import PropertyScopedAdmin, actor_of
from core.admin import each_in_turn, plain_decimal
from core.money import format_money
from inventory.models import Rate, RatePattern, RatePlan, SpecialDay
from inventory.services import pattern_delete, rate_reset, rate_set, rates_apply_pattern

from .filters import NightFilter, PropertyFilter, RatePlanFilter, RoomTypeFilter


@admin.register(RatePlan)
class RatePlanAdmin(PropertyScopedAdmin):
    list_display = ("name", "code", "property", "board", "derived_from", "cancellation_policy", "is_active")
    list_filter = (PropertyFilter, "board", "is_active")
    list_select_related = ("property", "derived_from", "cancellation_policy")
    search_fields = ("name", "code", "property__name")
    autocomplete_fields = (
        "property",
        "cancellation_policy",
        "deposit_policy",
        "derived_from",
        "room_types",
    )
    ordering = ("property__name", "position", "id")
    fieldsets = (
        (None, {"fields": ("property", "code", "name", "description", "board", "position", "is_active")}),
        (_("Terms"), {"fields": ("cancellation_policy", "deposit_policy", "member_discount")}),
        (_("Prices"), {"fields": ("derived_from", "derived_kind", "derived_value", "room_types")}),
    )


@admin.register(RatePattern)
class RatePatternAdmin(PropertyScopedAdmin):
    """Seasons; saving one writes its nightly rates."""

    property_path = "rate_plan__property"
    list_display = ("season", "rate_plan", "room_type", "first_night", "last_night", "priority")
    list_filter = (PropertyFilter, RatePlanFilter, RoomTypeFilter)
    list_select_related = ("rate_plan", "room_type")
    search_fields = ("name", "rate_plan__name", "room_type__name")
    autocomplete_fields = ("rate_plan", "room_type")
    date_hierarchy = "first_night"
    ordering = ("-first_night", "-id")
    fieldsets = (
        (None, {"fields": ("rate_plan", "room_type", "name")}),
        (_("When"), {"fields": ("first_night", "last_night", "priority")}),
        (
            _("Price of a room"),
            {
                "fields": (
                    ("monday", "tuesday", "wednesday", "thursday"),
                    ("friday", "saturday", "sunday"),
                ),
                "description": _("At standard occupancy, in the currency of the property."),
            },
        ),
    )

    @admin.display(description=_("season"), ordering="name")
    def season(self, row: RatePattern) -> str:
        return str(row)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """A season stays with its plan and room type: their nights are priced by it."""
        return ("rate_plan", "room_type") if obj else ()

    def save_model(self, request: HttpRequest, obj: RatePattern, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        rates_apply_pattern(pattern=obj)

    def delete_model(self, request: HttpRequest, obj: RatePattern) -> None:
        pattern_delete(pattern_id=obj.pk)

    def delete_queryset(self, request: HttpRequest, queryset: models.QuerySet[RatePattern]) -> None:
        for row in queryset:
            self.delete_model(request, row)


@admin.register(Rate)
class RateAdmin(PropertyScopedAdmin):
    """Nightly prices. One that is changed here counts as set by hand, and seasons leave it alone."""

    property_path = "rate_plan__property"
    list_display = ("date", "rate_plan", "room_type", "price_shown", "is_override")
    list_display_links = ("date",)
    list_filter = (PropertyFilter, RatePlanFilter, RoomTypeFilter, "is_override", NightFilter)
    list_select_related = ("rate_plan__property", "room_type")
    search_fields = ("rate_plan__name", "rate_plan__code", "room_type__name", "room_type__code")
    autocomplete_fields = ("rate_plan", "room_type")
    fields = ("rate_plan", "room_type", "date", "price", "is_override")
    ordering = ("room_type_id", "rate_plan_id", "date")
    sortable_by = ()
    actions = ("season_price",)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return ("rate_plan", "room_type", "date", "is_override") if obj else ("is_override",)

    @admin.display(description=_("price"))
    def price_shown(self, rate: Rate) -> str:
        return format_money(rate.price, rate.rate_plan.property.currency)

    def save_form(self, request: HttpRequest, form: Any, change: bool) -> Rate:
        """Set the price by the service."""
        form.save_m2m = list  # a rate has no such relations
        row: Rate = form.instance
        return rate_set(
            rate_plan_id=row.rate_plan_id,
            room_type_id=row.room_type_id,
            date=row.date,
            price=row.price,
            actor=actor_of(request),
        )

    def save_model(self, request: HttpRequest, obj: Rate, form: Any, change: bool) -> None:
        """Do nothing: the service has saved."""

    @admin.action(description=_("Take the price of the season again"), permissions=("change",))
    def season_price(self, request: HttpRequest, queryset: models.QuerySet[Rate]) -> None:
        """Undo prices that were set by hand."""
        changeable = queryset.filter(is_override=True)
        count = each_in_turn(self, request, self.changeable(request, changeable), _reset)
        text = ngettext("%(count)d night is priced by its season.", "%(count)d nights are.", count)
        self.message_user(request, text % {"count": count}, messages.SUCCESS)


def _reset(rate: Rate) -> None:
    rate_reset(rate_id=rate.pk)


@admin.register(SpecialDay)
class SpecialDayAdmin(PropertyScopedAdmin):
    list_display = ("date", "name", "property", "kind", "amount", "min_stay")
    list_filter = (PropertyFilter, "kind")
    list_select_related = ("property",)
    search_fields = ("name", "property__name")
    autocomplete_fields = ("property",)
    date_hierarchy = "date"
    ordering = ("-date", "id")

    @admin.display(description=_("value"))
    def amount(self, day: SpecialDay) -> str:
        return plain_decimal(day.value)
