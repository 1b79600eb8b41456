"""The loyalty programme, for superusers."""

from __future__ import annotations

from django.contrib import admin

from accounts.models import Membership, MembershipTier
from core.admin import HouseAdmin


@admin.register(MembershipTier)
class MembershipTierAdmin(HouseAdmin):
    list_display = ("name", "code", "discount_percent", "position")
    search_fields = ("name", "code")
    ordering = ("position", "code")


@admin.register(Membership)
class MembershipAdmin(HouseAdmin):
    list_display = ("number", "user", "tier", "created_at")
    list_filter = ("tier",)
    list_select_related = ("user", "tier")
    search_fields = ("number", "user__email", "user__full_name")
    autocomplete_fields = ("user", "tier")
    ordering = ("-id",)
