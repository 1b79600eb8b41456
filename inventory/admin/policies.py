"""Deposits, cancellation and taxes."""

from __future__ import annotations

from django.contrib import admin

from accounts.scoping import PropertyScopedAdmin, PropertyScopedInline
from inventory.models import CancellationPolicy, CancellationTier, DepositPolicy, Tax

from .filters import PropertyFilter


@admin.register(DepositPolicy)
class DepositPolicyAdmin(PropertyScopedAdmin):
    list_display = ("name", "property", "kind", "value")
    list_filter = (PropertyFilter, "kind")
    list_select_related = ("property",)
    search_fields = ("name",)
    autocomplete_fields = ("property",)
    ordering = ("property__name", "name")


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
    list_display = ("name", "property", "kind", "value", "is_included", "valid_from", "valid_until")
    list_filter = (PropertyFilter, "kind", "is_included")
    list_select_related = ("property",)
    search_fields = ("name",)
    autocomplete_fields = ("property",)
    ordering = ("property__name", "position", "id")
