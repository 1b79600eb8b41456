"""Closures of rooms, in a list: who closed what, when and why. They are made and ended on the chart."""

from __future__ import annotations

from django.contrib import admin
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from accounts.scoping import PropertyScopedAdmin
from core.admin import ReadOnlyAdmin
from inventory.admin.filters import NightFilter, PropertyFilter
from inventory.models import RoomClosure


class FirstNightFilter(NightFilter):
    title = _("first night")
    parameter_name = "start"
    path = "start"
    starts_today = False


@admin.register(RoomClosure)
class RoomClosureAdmin(ReadOnlyAdmin, PropertyScopedAdmin):
    property_path = "room__property"
    list_display = ("room", "kind", "start", "end", "reason", "created_by", "changed_here")
    list_filter = (PropertyFilter, "kind", FirstNightFilter)
    list_select_related = ("room", "created_by")
    search_fields = ("room__number", "reason")
    fields = ("room", "kind", "start", "end", "reason", "created_by", "created_at", "changed_here")
    readonly_fields = ("changed_here",)
    ordering = ("-start", "-id")

    @admin.display(description=_("chart"))
    def changed_here(self, closure: RoomClosure) -> SafeString:
        """Where it is ended."""
        return format_html(
            '<a href="{}">{}</a>', reverse("admin:chart_closure", args=[closure.pk]), _("Change")
        )
