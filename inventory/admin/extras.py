"""What a house sells beside its rooms."""

from __future__ import annotations

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from accounts.scoping import PropertyScopedAdmin
from core.admin import plain_decimal
from core.money import format_money
from inventory.models import Extra

from .filters import PropertyFilter


@admin.register(Extra)
class ExtraAdmin(PropertyScopedAdmin):
    list_display = ("name", "property", "price_shown", "unit", "tax_shown", "is_bookable", "is_active")
    list_filter = (PropertyFilter, "unit", "is_active", "is_bookable")
    list_select_related = ("property",)
    search_fields = ("name",)
    autocomplete_fields = ("property",)
    ordering = ("property__name", "position", "id")
    fieldsets = (
        (None, {"fields": ("property", "name", "description", "price", "unit")}),
        (_("Tax"), {"fields": ("tax_name", "tax_percent", "tax_is_included")}),
        (_("Where it is offered"), {"fields": ("is_bookable", "is_active", "position")}),
    )

    @admin.display(description=_("price"))
    def price_shown(self, extra: Extra) -> str:
        return format_money(extra.price, extra.property.currency)

    @admin.display(description=_("tax"))
    def tax_shown(self, extra: Extra) -> str:
        return f"{extra.tax_name} {plain_decimal(extra.tax_percent)} %" if extra.tax_percent else ""
