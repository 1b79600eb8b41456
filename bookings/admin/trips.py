"""Trips, to be read: which bookings belong together."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db import models
from django.db.models import Count
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts.permissions import property_ids_with, roles_for
from accounts.scoping import PropertyScopedAdmin, access_of
from bookings.models import Booking, Trip
from core.admin import ReadOnlyAdmin, ReadOnlyInline


class TripBookingInline(ReadOnlyInline):
    """The trip's bookings at the houses where the user works."""

    model = Booking
    fields = ("reference", "property", "room_type", "arrival", "departure", "status")
    related = ("property", "room_type")
    ordering = ("arrival", "pk")
    show_change_link = True

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Any]:
        ids = self._property_ids(request)
        rows = super().get_queryset(request)
        return rows if ids is None else rows.filter(property_id__in=ids)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._property_ids(request) != []

    def _property_ids(self, request: HttpRequest) -> list[int] | None:
        return property_ids_with(access_of(request), roles_for("bookings.booking", "view"))


@admin.register(Trip)
class TripAdmin(ReadOnlyAdmin, PropertyScopedAdmin):
    """A trip is seen by the staff of every house in it."""

    property_path = "bookings__property"
    list_display = ("reference", "title", "user", "bookings_count", "created_at")
    list_select_related = ("user",)
    search_fields = ("=reference", "title", "user__email", "=bookings__reference")
    ordering = ("-created_at", "-id")
    fields = ("reference", "title", "notes", "user", "created_at")
    inlines = (TripBookingInline,)

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Trip]:
        rows: models.QuerySet[Trip] = super().get_queryset(request)
        return rows.annotate(bookings_total=Count("bookings", distinct=True)).select_related("user")

    def scope(
        self, request: HttpRequest, rows: models.QuerySet[Any], property_ids: list[int] | None
    ) -> models.QuerySet[Any]:
        """Trips with a booking at one of these properties, each once."""
        if property_ids is None:
            return rows
        inside = Booking.objects.filter(property_id__in=property_ids, trip__isnull=False)
        return rows.filter(pk__in=inside.order_by().values("trip_id"))

    def property_id_of(self, row: models.Model | None) -> int | None:
        """A house of the trip where it is seen from: any, because the list holds only those that may be seen."""
        return None

    @admin.display(description=_("bookings"), ordering="bookings_total")
    def bookings_count(self, trip: Any) -> int:
        return int(trip.bookings_total)
