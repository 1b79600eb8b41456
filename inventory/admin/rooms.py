"""Room types, and the rooms themselves."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from accounts.scoping import PropertyScopedAdmin, PropertyScopedForm, PropertyScopedInline, actor_of
from core.admin import form_page, form_refused
from core.choosing import HouseAutocompleteSelect
from core.exceptions import DomainError
from inventory.channels.tokens import feed_url
from inventory.models import OccupancyPrice, Room, RoomFeature, RoomType
from inventory.selectors.channels import calendars_for_properties
from inventory.services.feeds import feed_get, feed_rotate
from inventory.services.rooms import rooms_create

from .filters import PropertyFilter, RoomTypeFilter
from .photos import RoomTypePhotoInline
from .properties import CHECK_BOXES

ROOMS_AT_ONCE = 500


class OccupancyPriceInline(PropertyScopedInline, admin.TabularInline):
    model = OccupancyPrice
    extra = 1


@admin.register(RoomType)
class RoomTypeAdmin(PropertyScopedAdmin):
    list_display = (
        "name",
        "code",
        "property",
        "standard_occupancy",
        "max_adults",
        "max_children",
        "max_occupancy",
        "is_active",
    )
    list_filter = (PropertyFilter, "is_active")
    list_select_related = ("property",)
    search_fields = ("name", "code", "property__name")
    autocomplete_fields = ("property",)
    inlines = (OccupancyPriceInline, RoomTypePhotoInline)
    change_form_template = "admin/inventory/roomtype/change_form.html"

    def formfield_for_manytomany(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        return super().formfield_for_manytomany(db_field, request, **kwargs | CHECK_BOXES)

    ordering = ("property__name", "position", "id")
    fieldsets = (
        (None, {"fields": ("property", "code", "name", "description", "position", "is_active")}),
        (_("The room"), {"fields": ("beds", "size_sqm", "amenities")}),
        (
            _("Who fits in"),
            {"fields": ("standard_occupancy", "max_adults", "max_children", "max_occupancy")},
        ),
    )

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.feed_rotate)
        return [path("<int:pk>/feed/", view, name="inventory_roomtype_feed"), *super().get_urls()]

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """Show the feed's address and the calendars of other channels below the form."""
        room_type = self.get_object(request, unquote(object_id))
        context = {} if room_type is None else self._channels(request, room_type)
        return super().change_view(request, object_id, form_url, {**(extra_context or {}), **context})

    def _channels(self, request: HttpRequest, room_type: RoomType) -> dict[str, Any]:
        if not self.operation_allowed(request, "calendar_feed_read", room_type):
            return {}
        feed = feed_get(room_type_id=room_type.pk)
        return {
            "calendar_feed": feed,
            "calendar_feed_url": feed_url(feed),
            "calendar_feed_rotates": self.operation_allowed(request, "calendar_feed_rotate", room_type),
            "external_calendars": calendars_for_properties(None, room_type_id=room_type.pk),
        }

    def feed_rotate(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Ask, then give the feed another address: the old one ends at once."""
        room_type = self.get_object(request, str(pk))
        if room_type is None:
            raise Http404
        if not self.operation_allowed(request, "calendar_feed_rotate", room_type):
            raise PermissionDenied
        form = FeedRotateForm(request.POST or None)
        if request.method == "POST" and form.is_valid():
            feed_rotate(room_type_id=pk, actor=actor_of(request))
            text = gettext("The calendar has a new address. Tell it to the channels that read the old one.")
            self.message_user(request, text, messages.SUCCESS)
            return redirect(self.change_url(pk))
        return form_page(
            self,
            request,
            form=form,
            title=_("New address of the calendar"),
            submit_label=_("Make a new address"),
            original=room_type,
        )


class FeedRotateForm(forms.Form):
    """Whoever reads the old address must be told the new one."""

    is_understood = forms.BooleanField(
        label=_("The old address ends at once"),
        help_text=_("Channels that read it see nothing any more until you give them the new one."),
    )


class RoomsForm(forms.Form):
    """Rooms with consecutive numbers, such as 101 to 120."""

    room_type = forms.ModelChoiceField(label=_("Room type"), queryset=RoomType.objects.none())
    before = forms.CharField(
        label=_("Before the number"), max_length=10, required=False, help_text=_("Such as “A-” for A-101.")
    )
    first = forms.IntegerField(label=_("First number"), min_value=0, max_value=999_999)
    last = forms.IntegerField(label=_("Last number"), min_value=0, max_value=999_999)
    floor = forms.CharField(label=_("Floor"), max_length=20, required=False)

    def clean(self) -> dict[str, Any]:
        """Refuse a range that ends before it begins, or that nobody can mean."""
        cleaned = super().clean() or self.cleaned_data
        first, last = cleaned.get("first"), cleaned.get("last")
        if first is not None and last is not None:
            if last < first:
                self.add_error("last", _("The last number must not be below the first."))
            elif last - first >= ROOMS_AT_ONCE:
                self.add_error("last", _("At most 500 rooms at once."))
        return cleaned

    def numbers(self) -> list[str]:
        """The numbers of the rooms."""
        values = self.cleaned_data
        before, first, last = values["before"], values["first"], values["last"]
        return [f"{before}{number}" for number in range(first, last + 1)]


class RoomForm(PropertyScopedForm):
    """A room; what guests may wish for is ticked."""

    features = forms.MultipleChoiceField(
        label=_("Features"),
        required=False,
        choices=RoomFeature,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Guests who wish for them get this room where possible."),
    )


@admin.register(Room)
class RoomAdmin(PropertyScopedAdmin):
    form = RoomForm
    list_display = ("number", "property", "room_type", "floor", "is_active")
    list_filter = (PropertyFilter, RoomTypeFilter, "is_active")
    list_select_related = ("property", "room_type")
    search_fields = ("number", "property__name", "room_type__name")
    autocomplete_fields = ("room_type",)
    ordering = ("property__name", "number")
    change_list_template = "admin/inventory/room/change_list.html"
    property_path = "room_type__property"

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return ("property",) if obj else ()

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return (*(("property",) if obj else ()), "room_type", "number", "floor", "features", "is_active")

    def get_urls(self) -> list[URLPattern]:
        several = path("several/", self.admin_site.admin_view(self.several), name="inventory_room_several")
        return [several, *super().get_urls()]

    def several(self, request: HttpRequest) -> HttpResponse:
        """Add many rooms of a type at once."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        form = RoomsForm(request.POST or None)
        field = Room._meta.get_field("room_type")
        room_type: Any = form.fields["room_type"]
        room_type.widget = HouseAutocompleteSelect(field, self.admin_site)
        room_type.queryset = self.get_field_queryset(None, field, request)
        room_type.widget.choices = room_type.choices
        if request.method == "POST" and form.is_valid():
            try:
                rooms = rooms_create(
                    room_type_id=form.cleaned_data["room_type"].pk,
                    numbers=form.numbers(),
                    floor=form.cleaned_data["floor"],
                )
            except DomainError as error:
                form_refused(form, error)
            else:
                count = len(rooms)
                text = ngettext("%(count)d room was added.", "%(count)d rooms were added.", count)
                self.message_user(request, text % {"count": count}, messages.SUCCESS)
                return redirect(self.changelist_url())
        return form_page(
            self, request, form=form, title=_("Add several rooms"), submit_label=_("Add the rooms")
        )
