"""What may be sold per night, and rooms taken out of sale."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.scoping import PropertyScopedAdmin, actor_of
from core.admin import each_in_turn, form_page, form_refused
from core.choosing import HouseAutocompleteSelect
from core.dates import ONE_DAY
from core.exceptions import DomainError
from inventory.models import BlockKind, InventoryBlock, RoomInventory, RoomType
from inventory.services import block_create, block_delete, inventory_total_set

from .filters import NightFilter, PropertyFilter, RoomTypeFilter

TOTAL_MAX = 10_000


class TotalForm(forms.Form):
    """How many rooms of a type there are on some nights."""

    room_type = forms.ModelChoiceField(label=_("Room type"), queryset=RoomType.objects.none())
    first_night = forms.DateField(label=_("First night"), widget=forms.DateInput(attrs={"type": "date"}))
    last_night = forms.DateField(label=_("Last night"), widget=forms.DateInput(attrs={"type": "date"}))
    total = forms.IntegerField(label=_("Rooms"), min_value=0, max_value=TOTAL_MAX)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        first, last = cleaned.get("first_night"), cleaned.get("last_night")
        if first and last and last < first:
            self.add_error("last_night", _("The last night must not be before the first."))
        return cleaned


@admin.register(RoomInventory)
class RoomInventoryAdmin(PropertyScopedAdmin):
    """Counters are read here; only how many rooms there are can be changed, and never below what is taken."""

    property_path = "room_type__property"
    services_commit = True
    list_display = ("date", "room_type", "total", "held", "sold", "blocked", "available")
    list_filter = (PropertyFilter, RoomTypeFilter, NightFilter)
    list_select_related = ("room_type",)
    search_fields = ("room_type__name", "room_type__code")
    fields = ("room_type", "date", "total", "held", "sold", "blocked", "available")
    readonly_fields = ("room_type", "date", "held", "sold", "blocked", "available")
    ordering = ("room_type_id", "date")
    sortable_by = ()
    change_list_template = "admin/inventory/roominventory/change_list.html"

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def save_model(self, request: HttpRequest, obj: RoomInventory, form: Any, change: bool) -> None:
        inventory_total_set(
            room_type_id=obj.room_type_id,
            first=obj.date,
            end=obj.date + ONE_DAY,
            total=obj.total,
            actor=actor_of(request),
        )

    def get_urls(self) -> list[URLPattern]:
        total = path(
            "total/", self.admin_site.admin_view(self.total_set), name="inventory_roominventory_total"
        )
        return [total, *super().get_urls()]

    def total_set(self, request: HttpRequest) -> HttpResponse:
        """Change the number of rooms on many nights."""
        if not self.has_change_permission(request):
            raise PermissionDenied
        form = TotalForm(request.POST or None)
        field = RoomInventory._meta.get_field("room_type")
        room_type: Any = form.fields["room_type"]
        room_type.widget = HouseAutocompleteSelect(field, self.admin_site)
        room_type.queryset = self.get_field_queryset(None, field, request)
        room_type.widget.choices = room_type.choices
        if request.method == "POST" and form.is_valid():
            values = form.cleaned_data
            try:
                inventory_total_set(
                    room_type_id=values["room_type"].pk,
                    first=values["first_night"],
                    end=values["last_night"] + ONE_DAY,
                    total=values["total"],
                    actor=actor_of(request),
                )
            except DomainError as error:
                form_refused(form, error)
            else:
                self.message_user(request, gettext("The number of rooms is changed."), messages.SUCCESS)
                return redirect(self.changelist_url())
        return form_page(self, request, form=form, title=_("Number of rooms"), submit_label=_("Change"))


@admin.register(InventoryBlock)
class InventoryBlockAdmin(PropertyScopedAdmin):
    """Rooms out of sale. A block is made and lifted, not changed: its nights are counted in the inventory."""

    property_path = "room_type__property"
    services_commit = True
    list_display = ("start", "end", "room_type", "rooms", "reason", "kind", "created_by")
    list_filter = (PropertyFilter, RoomTypeFilter, "kind")
    list_select_related = ("room_type", "created_by")
    search_fields = ("reason", "room_type__name")
    autocomplete_fields = ("room_type",)
    fields = ("room_type", "start", "end", "rooms", "reason")
    date_hierarchy = "start"
    ordering = ("-start", "-id")

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """What another channel blocks is lifted there."""
        is_ours = obj is None or obj.kind == BlockKind.STAFF
        return is_ours and super().has_delete_permission(request, obj)

    def save_form(self, request: HttpRequest, form: Any, change: bool) -> InventoryBlock:
        """Take the rooms out of sale by the service."""
        form.save_m2m = list  # a block has no such relations
        values = form.cleaned_data
        return block_create(
            room_type_id=values["room_type"].pk,
            start=values["start"],
            end=values["end"],
            rooms=values["rooms"],
            reason=values["reason"],
            actor=actor_of(request),
        )

    def save_model(self, request: HttpRequest, obj: InventoryBlock, form: Any, change: bool) -> None:
        """Do nothing: the service has saved."""

    def delete_model(self, request: HttpRequest, obj: InventoryBlock) -> None:
        block_delete(block_id=obj.pk, actor=actor_of(request))

    def delete_queryset(self, request: HttpRequest, queryset: models.QuerySet[InventoryBlock]) -> None:
        each_in_turn(self, request, queryset, lambda block: self.delete_model(request, block))
