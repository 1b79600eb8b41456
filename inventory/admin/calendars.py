"""Calendars of other channels, their events, and what could not be blocked."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.db import models
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import redirect
from django.urls import URLPattern, path, reverse
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from accounts.scoping import PropertyScopedAdmin, actor_of
from core.admin import each_in_turn
from inventory.models import CalendarConflict, ConflictState, ExternalCalendar, ExternalEvent
from inventory.selectors.channels import with_counts
from inventory.services.calendars import (
    calendar_add,
    calendar_change,
    calendar_fetch_now,
    calendar_remove,
    calendar_shrink_accept,
    conflict_resolve,
)

from .filters import PropertyFilter, RoomTypeFilter


@admin.register(ExternalCalendar)
class ExternalCalendarAdmin(PropertyScopedAdmin):
    """A channel's calendar; services fetch it, block what it says, and give it back when it is removed."""

    property_path = "room_type__property"
    services_commit = True
    list_display = ("name", "room_type", "property", "state", "events_told", "conflicts_told", "fetched_at")
    list_filter = (PropertyFilter, RoomTypeFilter, "is_enabled")
    list_select_related = ("room_type__property",)
    search_fields = ("name", "room_type__name", "room_type__property__name")
    autocomplete_fields = ("room_type",)
    ordering = ("room_type_id", "name", "pk")
    actions = ("fetch_now", "shrink_accept")
    change_form_template = "admin/inventory/externalcalendar/change_form.html"

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[ExternalCalendar]:
        return with_counts(super().get_queryset(request))

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        fields = ("room_type", "name", "url", "rooms", "is_enabled")
        if obj is None:
            return ((None, {"fields": fields}),)
        read = ("state", "events_told", "conflicts_told", "fetched_at", "succeeded_at", "failures", "error")
        return ((None, {"fields": fields}), (_("How it goes"), {"fields": read}))

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        if obj is None:
            return ()
        return (
            "room_type",
            "state",
            "events_told",
            "conflicts_told",
            "fetched_at",
            "succeeded_at",
            "failures",
            "error",
        )

    @admin.display(description=_("property"))
    def property(self, calendar: ExternalCalendar) -> str:
        return str(calendar.room_type.property)

    @admin.display(description=_("state"))
    def state(self, calendar: ExternalCalendar) -> str:
        """How it goes, in words."""
        if not calendar.is_enabled:
            return gettext("switched off")
        if calendar.shrunk_at is not None:
            return gettext("lost many events: its blocks are kept")
        if calendar.failures:
            return gettext("fails")
        return gettext("works") if calendar.succeeded_at else gettext("not fetched yet")

    @admin.display(description=_("imported events"))
    def events_told(self, calendar: ExternalCalendar) -> str:
        return self._linked(calendar, "externalevent", getattr(calendar, "events_count", 0))

    @admin.display(description=_("open conflicts"))
    def conflicts_told(self, calendar: ExternalCalendar) -> str:
        count = getattr(calendar, "conflicts_count", 0)
        return self._linked(calendar, "calendarconflict", count, state=ConflictState.OPEN.value)

    def _linked(self, calendar: ExternalCalendar, model: str, count: int, **query: str) -> str:
        """A number that leads to its rows; plain where there are none."""
        if not count:
            return "0"
        address = reverse(
            f"admin:inventory_{model}_changelist",
            query={"calendar__id__exact": calendar.pk, **query},
        )
        return format_html('<a href="{}">{}</a>', address, count)

    def save_form(self, request: HttpRequest, form: Any, change: bool) -> ExternalCalendar:
        """Add or change it by the service."""
        form.save_m2m = list
        values = form.cleaned_data
        told: dict[str, Any] = {name: values[name] for name in ("name", "url", "rooms", "is_enabled")}
        if change:
            return calendar_change(calendar_id=form.instance.pk, actor=actor_of(request), **told)
        return calendar_add(room_type_id=values["room_type"].pk, actor=actor_of(request), **told)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Do nothing: the service has saved."""

    def delete_model(self, request: HttpRequest, obj: ExternalCalendar) -> None:
        calendar_remove(calendar_id=obj.pk, actor=actor_of(request))

    def delete_queryset(self, request: HttpRequest, queryset: models.QuerySet[ExternalCalendar]) -> None:
        each_in_turn(self, request, queryset, lambda calendar: self.delete_model(request, calendar))

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        """The service releases what the calendar blocks; its events and conflicts are its own."""
        return [str(calendar) for calendar in objs], {}, set(), []

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        fetch = path("<int:pk>/fetch/", view(self.fetch), name="inventory_externalcalendar_fetch")
        accept = path("<int:pk>/accept/", view(self.accept), name="inventory_externalcalendar_accept")
        return [fetch, accept, *super().get_urls()]

    def fetch(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Have one calendar fetched."""
        return self._do(request, pk, self.fetch_now)

    def accept(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Believe one calendar that has lost many events."""
        return self._do(request, pk, self.shrink_accept)

    def _do(self, request: HttpRequest, pk: int, act: Any) -> HttpResponse:
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        rows = self.changeable(request, self.get_queryset(request)).filter(pk=pk)
        if not rows:
            return self._get_obj_does_not_exist_redirect(request, self.opts, str(pk))
        act(request, rows)
        return redirect(self.change_url(pk))

    @admin.action(description=_("Fetch now"), permissions=["change"])
    def fetch_now(self, request: HttpRequest, queryset: models.QuerySet[ExternalCalendar]) -> None:
        rows = self.changeable(request, queryset)
        count = each_in_turn(self, request, rows, lambda row: calendar_fetch_now(calendar_id=row.pk))
        text = ngettext(
            "%(count)d calendar is fetched in a moment.",
            "%(count)d calendars are fetched in a moment.",
            count,
        )
        self.message_user(request, text % {"count": count}, messages.SUCCESS)

    @admin.action(description=_("Accept that many events are gone"), permissions=["change"])
    def shrink_accept(self, request: HttpRequest, queryset: models.QuerySet[ExternalCalendar]) -> None:
        rows = self.changeable(request, queryset).filter(shrunk_at__isnull=False)
        actor = actor_of(request)
        count = each_in_turn(
            self, request, rows, lambda row: calendar_shrink_accept(calendar_id=row.pk, actor=actor)
        )
        text = ngettext(
            "%(count)d calendar is believed: what it lost is put back on sale in a moment.",
            "%(count)d calendars are believed: what they lost is put back on sale in a moment.",
            count,
        )
        self.message_user(request, text % {"count": count}, messages.SUCCESS)


class _ReadOnlyScopedAdmin(PropertyScopedAdmin):
    """Rows that only imports write."""

    property_path = "calendar__room_type__property"

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    @admin.display(description=_("room type"))
    def room_type(self, row: Any) -> str:
        return str(row.calendar.room_type)

    @admin.display(description=_("property"))
    def property(self, row: Any) -> str:
        return str(row.calendar.room_type.property)


@admin.register(ExternalEvent)
class ExternalEventAdmin(_ReadOnlyScopedAdmin):
    list_display = ("start", "end", "summary", "calendar", "room_type", "property")
    list_filter = (PropertyFilter,)
    list_select_related = ("calendar__room_type__property",)
    search_fields = ("summary", "uid", "calendar__name")
    fields = ("calendar", "room_type", "start", "end", "summary", "uid", "occurrence")
    date_hierarchy = "start"
    ordering = ("start", "pk")


@admin.register(CalendarConflict)
class CalendarConflictAdmin(_ReadOnlyScopedAdmin):
    """Nights that another channel sold and we have sold too. Open until rooms are free or staff took care."""

    list_display = (
        "nights_told",
        "rooms_missing",
        "summary",
        "calendar",
        "room_type",
        "property",
        "state",
        "resolution",
    )
    list_filter = (PropertyFilter, "state")
    list_select_related = ("calendar__room_type__property",)
    search_fields = ("summary", "calendar__name")
    fields = (
        "calendar",
        "room_type",
        "nights_told",
        "rooms_missing",
        "summary",
        "state",
        "resolution",
        "created_at",
        "resolved_at",
        "reported_at",
    )
    ordering = ("-pk",)
    actions = ("resolve",)

    @admin.display(description=_("nights"), ordering="nights")
    def nights_told(self, conflict: CalendarConflict) -> str:
        return ", ".join(date_format(night, "SHORT_DATE_FORMAT") for night in conflict.nights)

    def has_resolve_permission(self, request: HttpRequest) -> bool:
        return self.operation_allowed(request, "calendar_conflict_resolve")

    @admin.action(description=_("Staff took care of it"), permissions=["resolve"])
    def resolve(self, request: HttpRequest, queryset: models.QuerySet[CalendarConflict]) -> None:
        """Close conflicts that were solved by another room or another house."""
        rows = self.operable(request, "calendar_conflict_resolve", queryset).filter(state=ConflictState.OPEN)
        actor = actor_of(request)
        count = each_in_turn(
            self, request, rows, lambda row: conflict_resolve(conflict_id=row.pk, actor=actor)
        )
        text = ngettext("%(count)d conflict is closed.", "%(count)d conflicts are closed.", count)
        self.message_user(request, text % {"count": count}, messages.SUCCESS)
