"""When a stay may not be sold although rooms are free."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.utils.dates import WEEKDAYS, WEEKDAYS_ABBR
from django.utils.translation import gettext_lazy as _

from accounts.scoping import PropertyScopedAdmin, PropertyScopedForm
from inventory.models import BookingRule, Restriction
from inventory.models.restrictions import EVERY_WEEKDAY

from .filters import PropertyFilter


def weekdays_of(mask: int) -> list[int]:
    """The weekdays of a bit mask, Monday 0."""
    return [day for day in range(7) if mask & (1 << day)]


class WeekdaysField(forms.TypedMultipleChoiceField):
    """A bit mask as seven check boxes."""

    widget = forms.CheckboxSelectMultiple

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(choices=list(WEEKDAYS.items()), coerce=int, **kwargs)

    def prepare_value(self, value: Any) -> Any:
        return weekdays_of(value) if isinstance(value, int) else value

    def clean(self, value: Any) -> int:
        days: list[int] = super().clean(value)
        return sum(1 << day for day in days)

    def has_changed(self, initial: Any, data: Any) -> bool:
        return super().has_changed(self.prepare_value(initial), data)


class RestrictionForm(PropertyScopedForm):
    weekdays = WeekdaysField(label=_("On these days"), initial=EVERY_WEEKDAY)


@admin.register(Restriction)
class RestrictionAdmin(PropertyScopedAdmin):
    form = RestrictionForm
    list_display = (
        "dates",
        "property",
        "room_type",
        "rate_plan",
        "days",
        "min_stay",
        "max_stay",
        "closed_to_arrival",
        "closed_to_departure",
        "closed",
    )
    list_filter = (PropertyFilter, "closed", "closed_to_arrival", "closed_to_departure")
    list_select_related = ("property", "room_type", "rate_plan")
    search_fields = ("note", "property__name")
    autocomplete_fields = ("property", "room_type", "rate_plan")
    date_hierarchy = "first_date"
    ordering = ("-first_date", "-id")
    fieldsets = (
        (None, {"fields": ("property", "room_type", "rate_plan")}),
        (_("When"), {"fields": ("first_date", "last_date", "weekdays")}),
        (
            _("What"),
            {
                "fields": (
                    "min_stay",
                    "max_stay",
                    "closed_to_arrival",
                    "closed_to_departure",
                    "closed",
                    "note",
                )
            },
        ),
    )

    @admin.display(description=_("dates"), ordering="first_date")
    def dates(self, row: Restriction) -> str:
        return str(row)

    @admin.display(description=_("days"))
    def days(self, row: Restriction) -> str:
        if row.weekdays == EVERY_WEEKDAY:
            return str(_("every day"))
        return ", ".join(str(WEEKDAYS_ABBR[day]) for day in weekdays_of(row.weekdays))


@admin.register(BookingRule)
class BookingRuleAdmin(PropertyScopedAdmin):
    list_display = (
        "id",
        "property",
        "room_type",
        "rate_plan",
        "earliest_days_before",
        "latest_hours_before",
        "max_nights",
        "max_rooms",
    )
    list_filter = (PropertyFilter,)
    list_select_related = ("property", "room_type", "rate_plan")
    search_fields = ("property__name", "room_type__name", "rate_plan__name")
    autocomplete_fields = ("property", "room_type", "rate_plan")
    ordering = ("property__name", "id")
