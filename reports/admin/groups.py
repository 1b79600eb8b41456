"""Groups of properties: set up by superusers."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin

from core.admin import HouseAdmin
from reports.models import PropertyGroup


@admin.register(PropertyGroup)
class PropertyGroupAdmin(HouseAdmin):
    list_display = ("name",)
    search_fields = ("name",)
    fields = ("name", "properties")
    formfield_overrides = {}

    def formfield_for_manytomany(self, db_field: Any, request: Any, **kwargs: Any) -> Any:
        """Offer the properties as boxes to tick."""
        kwargs["widget"] = forms.CheckboxSelectMultiple()
        return super().formfield_for_manytomany(db_field, request, **kwargs)
