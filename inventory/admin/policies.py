"""Deposits, cancellation and taxes."""

from __future__ import annotations

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from accounts.scoping import PropertyScopedAdmin, PropertyScopedInline
from core.admin import plain_decimal
from inventory.models import CancellationPolicy, CancellationTier, DepositPolicy, Tax

from .filters import PropertyFilter


@admin.register(DepositPolicy)
class DepositPolicyAdmin(PropertyScopedAdmin):
    list_display = ("name", "property", "kind", "amount")
    list_filter = (PropertyFilter, "kind")
    list_select_related = ("property",)
    search_fields = ("name",)
    autocomplete_fields = ("property",)
    ordering = ("property__name", "name")

    @admin.display(description=_("value"))
    def amount(self, policy: DepositPolicy) -> str:
        return plain_decimal(policy.value)


class CancellationTierInline(PropertyScopedInline, admin.TabularInline):
    model = CancellationTier
    extra = 1


@admin.register(CancellationPolicy)
class CancellationPolicyAdmin(PropertyScopedAdmin):
    list_display = ("name", "property", "no_show_percent")
    list_filter = (PropertyFilter,)
    list_select_related = ("property",)
    search_fields = ("name",)
    autocomplete_fields = ("property",)
    inlines = (CancellationTierInline,)
    ordering = ("property__name", "name")


@admin.register(Tax)
class TaxAdmin(PropertyScopedAdmin):
    list_display = ("name", "property", "kind", "amount", "is_included", "valid_from", "valid_until")
    list_filter = (PropertyFilter, "kind", "is_included")
    list_select_related = ("property",)
    search_fields = ("name",)
    autocomplete_fields = ("property",)
    ordering = ("property__name", "position", "id")

    @admin.display(description=_("value"))
    def amount(self, tax: Tax) -> str:
        return plain_decimal(tax.value)
