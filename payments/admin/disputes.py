"""Disputes, to be read: they are answered at the provider."""

from __future__ import annotations

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from accounts.scoping import PropertyScopedAdmin, PropertyScopedInline
from core.admin import ReadOnlyAdmin, ReadOnlyInline
from core.money import format_money
from inventory.admin.filters import PropertyFilter
from payments.models import Dispute


class DisputeInline(ReadOnlyInline, PropertyScopedInline):
    model = Dispute
    fields = ("amount", "reason", "status", "due_by", "opened_at", "withdrawn_at", "returned_at")


@admin.register(Dispute)
class DisputeAdmin(ReadOnlyAdmin, PropertyScopedAdmin):
    property_path = "payment__folio__property"
    list_display = ("id", "money", "status", "reason", "due_by", "payment", "opened_at")
    list_filter = (PropertyFilter, "status")
    list_select_related = ("payment",)
    search_fields = ("=id", "provider_reference", "=payment__folio__booking__reference")
    ordering = ("-id",)
    fields = (
        "payment",
        "money",
        "reason",
        "status",
        "due_by",
        "provider_reference",
        "opened_at",
        "withdrawn_at",
        "returned_at",
    )

    @admin.display(description=_("amount"), ordering="amount")
    def money(self, dispute: Dispute) -> str:
        return format_money(dispute.amount, dispute.currency)
