"""Price alerts, to be read by the staff of their property."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from accounts.scoping import PropertyScopedAdmin, PropertyScopedInline
from core.admin import ReadOnlyAdmin, ReadOnlyInline
from core.formats import format_stay
from core.money import format_money
from waitlist.models import PriceAlert, PriceDrop


class PriceDropInline(ReadOnlyInline, PropertyScopedInline):
    model = PriceDrop
    fields = ("told_at", "total_shown", "room_type", "rate_plan")
    related = ("room_type", "rate_plan")

    @admin.display(description=_("total"))
    def total_shown(self, drop: PriceDrop) -> str:
        return format_money(drop.total, drop.currency)


@admin.register(PriceAlert)
class PriceAlertAdmin(ReadOnlyAdmin, PropertyScopedAdmin):
    list_display = ("reference", "property", "room_type", "stay_shown", "waits_for", "last_seen", "status")
    list_filter = ("status",)
    list_select_related = ("property", "room_type")
    search_fields = ("reference", "guest_email", "guest_name")
    ordering = ("-created_at", "-id")
    sortable_by = ()
    inlines = (PriceDropInline,)
    fields = (
        *("reference", "property", "room_type", "stay_shown", "rooms", "adults", "children_ages"),
        *("guest_name", "guest_email", "language", "user", "status", "waits_for", "last_seen"),
        *("created_at", "confirmed_at", "checked_at"),
    )

    def get_readonly_fields(self, request: Any, obj: Any = None) -> Any:
        return self.fields

    @admin.display(description=_("stay"))
    def stay_shown(self, alert: PriceAlert) -> str:
        return format_stay(alert.arrival, alert.departure)

    @admin.display(description=_("waits for"))
    def waits_for(self, alert: PriceAlert) -> str:
        if alert.target_total is not None:
            return format_money(alert.target_total, alert.currency)
        assert alert.reference_total is not None
        return f"{format_money(alert.reference_total, alert.currency)} - {alert.drop_percent} %"

    @admin.display(description=_("price at the last look"))
    def last_seen(self, alert: PriceAlert) -> str:
        return "" if alert.last_total is None else format_money(alert.last_total, alert.currency)
