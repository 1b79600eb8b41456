"""What a manager says about many nights at once."""

from __future__ import annotations

import calendar
from datetime import date
from typing import Any

from django import forms
from django.utils.dates import WEEKDAYS_ABBR
from django.utils.translation import gettext_lazy as _

from inventory.models import Property, RateEditKind
from inventory.rate_wishes import ALL_WEEKDAYS, RateWish, shift_between
from inventory.selectors.rate_grid import rate_plans_priced, room_types_sold

DAY_WIDGET = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
KINDS = [(kind.value, kind.label) for kind in RateEditKind if kind != RateEditKind.IMPORT]


class RateEditForm(forms.Form):
    """Nights, room types, plans, and what is to happen to them."""

    kind = forms.ChoiceField(label=_("What to do"), choices=KINDS, widget=forms.RadioSelect)
    value = forms.DecimalField(
        label=_("Value"),
        required=False,
        max_digits=12,
        decimal_places=3,
        help_text=_("A price, an amount, a percentage (-10 is a tenth less) or a number of rooms."),
    )
    whole = forms.BooleanField(label=_("Round to whole units"), required=False)
    first = forms.DateField(label=_("First night"), widget=DAY_WIDGET)
    last = forms.DateField(label=_("Last night"), widget=DAY_WIDGET)
    weekdays = forms.TypedMultipleChoiceField(
        label=_("Weekdays"),
        coerce=int,
        choices=[(number, WEEKDAYS_ABBR[number]) for number in ALL_WEEKDAYS],
        widget=forms.CheckboxSelectMultiple,
    )
    room_types = forms.TypedMultipleChoiceField(
        label=_("Room types"), coerce=int, widget=forms.CheckboxSelectMultiple
    )
    rate_plans = forms.TypedMultipleChoiceField(
        label=_("Rate plans"), coerce=int, widget=forms.CheckboxSelectMultiple, required=False
    )
    source_first = forms.DateField(
        label=_("Copy from the nights that begin on"), widget=DAY_WIDGET, required=False
    )
    source_plan = forms.TypedChoiceField(
        label=_("Copy from the plan"), coerce=int, empty_value=None, required=False
    )
    keep_weekdays = forms.BooleanField(
        label=_("Mondays from Mondays"),
        required=False,
        help_text=_("Moves the copied nights by up to six days, so that weekdays stay weekdays."),
    )

    def __init__(self, *args: Any, house: Property, month: date, **kwargs: Any) -> None:
        self.kinds = room_types_sold(property_id=house.pk)
        self.plans = rate_plans_priced(property_id=house.pk)
        last = month.replace(day=calendar.monthrange(month.year, month.month)[1])
        kwargs["initial"] = {
            "kind": RateEditKind.SET,
            "first": month,
            "last": last,
            "weekdays": ALL_WEEKDAYS,
            "keep_weekdays": True,
            "room_types": [kind.pk for kind in self.kinds],
            "rate_plans": [plan.pk for plan in self.plans],
            **(kwargs.get("initial") or {}),
        }
        super().__init__(*args, **kwargs)
        choices: dict[str, Any] = {
            "room_types": [(kind.pk, kind.name) for kind in self.kinds],
            "rate_plans": [(plan.pk, plan.name) for plan in self.plans],
            "source_plan": [("", _("the same plan")), *((plan.pk, plan.name) for plan in self.plans)],
        }
        for name, values in choices.items():
            field: Any = self.fields[name]
            field.choices = values

    def clean(self) -> dict[str, Any]:
        """A copy needs to know from where, everything about prices a plan."""
        values = super().clean() or self.cleaned_data
        kind = values.get("kind")
        if kind == RateEditKind.COPY and not (values.get("source_first") or values.get("source_plan")):
            self.add_error("source_first", _("Say from which nights or from which plan."))
        if kind != RateEditKind.ROOMS and not values.get("rate_plans") and "rate_plans" not in self.errors:
            self.add_error("rate_plans", _("Choose at least one rate plan."))
        return values

    def wish(self) -> RateWish:
        """What was asked for."""
        values = self.cleaned_data
        source = values["source_first"] if values["kind"] == RateEditKind.COPY else None
        shift = 0
        if source is not None:
            shift = shift_between(
                source_first=source, first=values["first"], keep_weekdays=values["keep_weekdays"]
            )
        return RateWish(
            kind=values["kind"],
            room_type_ids=tuple(values["room_types"]),
            rate_plan_ids=tuple(values["rate_plans"]),
            first=values["first"],
            last=values["last"],
            weekdays=tuple(values["weekdays"]),
            value=values["value"],
            whole=values["whole"],
            shift=shift,
            source_plan_id=values["source_plan"] if values["kind"] == RateEditKind.COPY else None,
        )


class RateImportForm(forms.Form):
    """A file with prices and rooms."""

    file = forms.FileField(
        label=_("File"),
        help_text=_("CSV, XLSX or ODS with the columns of the export. Empty cells change nothing."),
    )
