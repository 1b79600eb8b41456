"""Spaces by the hour and what they are fitted with."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.scoping import PropertyScopedAdmin, PropertyScopedInline, actor_of
from core.admin import form_page
from inventory.channels.tokens import space_feed_url
from inventory.models import Equipment, Space, SpaceClosure, SpaceHours, SpacePhoto, SpacePrice
from inventory.services.space_feeds import space_feed_get, space_feed_rotate

from .filters import PropertyFilter
from .photos import PhotoInline
from .properties import CHECK_BOXES
from .rooms import FeedRotateForm


class SpaceHoursInline(PropertyScopedInline, admin.TabularInline):
    model = SpaceHours
    extra = 1


class SpacePriceInline(PropertyScopedInline, admin.TabularInline):
    model = SpacePrice
    extra = 0


class SpaceClosureInline(PropertyScopedInline, admin.TabularInline):
    model = SpaceClosure
    extra = 0


class SpacePhotoInline(PhotoInline):
    model = SpacePhoto


@admin.register(Space)
class SpaceAdmin(PropertyScopedAdmin):
    list_display = (
        "name",
        "property",
        "building",
        "floor",
        "capacity",
        "hourly_price",
        "needs_approval",
        "is_active",
    )
    list_filter = (PropertyFilter, "is_active", "needs_approval")
    list_select_related = ("property",)
    search_fields = ("name", "building", "property__name")
    autocomplete_fields = ("property",)
    prepopulated_fields = {"slug": ("name",)}
    ordering = ("property__name", "position", "name")
    change_form_template = "admin/inventory/space/change_form.html"
    inlines = (SpaceHoursInline, SpacePriceInline, SpaceClosureInline, SpacePhotoInline)
    fieldsets = (
        (None, {"fields": ("property", "name", "slug", "description", "position", "is_active")}),
        (_("The space"), {"fields": ("building", "floor", "capacity", "equipment")}),
        (_("Price"), {"fields": ("hourly_price", "tax", "is_prepaid")}),
        (
            _("Times"),
            {
                "fields": (
                    ("min_minutes", "max_minutes", "step_minutes"),
                    ("buffer_before_minutes", "buffer_after_minutes"),
                    "max_days_ahead",
                )
            },
        ),
        (_("Approval"), {"fields": ("needs_approval", "request_hold_minutes")}),
        (_("Check-in"), {"fields": ("needs_check_in", "no_show_minutes")}),
        (_("Cancelling"), {"fields": ("free_cancellation_hours", "cancellation_fee_percent")}),
    )

    def formfield_for_manytomany(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        return super().formfield_for_manytomany(db_field, request, **kwargs | CHECK_BOXES)

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.feed_rotate)
        return [path("<int:pk>/feed/", view, name="inventory_space_feed"), *super().get_urls()]

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """Show the address of the space's calendar below the form."""
        space = self.get_object(request, unquote(object_id))
        context = {} if space is None else self._feed(request, space)
        return super().change_view(request, object_id, form_url, {**(extra_context or {}), **context})

    def _feed(self, request: HttpRequest, space: Space) -> dict[str, Any]:
        if not self.operation_allowed(request, "space_feed_read", space):
            return {}
        feed = space_feed_get(space_id=space.pk)
        return {
            "calendar_feed": feed,
            "calendar_feed_url": space_feed_url(feed),
            "calendar_feed_rotates": self.operation_allowed(request, "space_feed_rotate", space),
        }

    def feed_rotate(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Ask, then give the feed another address: the old one ends at once."""
        space = self.get_object(request, str(pk))
        if space is None:
            raise Http404
        if not self.operation_allowed(request, "space_feed_rotate", space):
            raise PermissionDenied
        form = FeedRotateForm(request.POST or None)
        if request.method == "POST" and form.is_valid():
            space_feed_rotate(space_id=pk, actor=actor_of(request))
            text = gettext("The calendar has a new address. Tell it to the channels that read the old one.")
            self.message_user(request, text, messages.SUCCESS)
            return redirect(self.change_url(pk))
        return form_page(
            self,
            request,
            form=form,
            title=_("New address of the calendar"),
            submit_label=_("Make a new address"),
            original=space,
        )

    def get_prepopulated_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """The address of a space does not change with its name."""
        if obj is not None or not self.has_change_permission(request, obj):
            return {}
        return super().get_prepopulated_fields(request, obj)


@admin.register(Equipment)
class EquipmentAdmin(PropertyScopedAdmin):
    list_display = ("name", "code", "property")
    list_filter = (PropertyFilter,)
    list_select_related = ("property",)
    search_fields = ("name", "code", "property__name")
    autocomplete_fields = ("property",)
    prepopulated_fields = {"code": ("name",)}
    ordering = ("property__name", "name")

    def get_prepopulated_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        if obj is not None:
            return {}
        return super().get_prepopulated_fields(request, obj)
