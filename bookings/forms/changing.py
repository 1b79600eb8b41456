"""What a stay is to become, read from the address: whatever it does not say stays as it is."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from bookings.changes import party_of, stay_change_from
from bookings.models import Booking
from bookings.types import StayChange
from core.dates import StayDates
from core.numbers import whole_number
from inventory.forms import AnyStayForm, stay_query
from inventory.selectors.catalogue import Catalogue

from .booking import IDEMPOTENCY_KEY_LENGTH

STAFF_FIELDS = (
    "nightly_override",
    "override_reason",
    "ignore_restrictions",
    "reprice",
    "waive_fee",
    "pay_first",
)


class ChangeForm(AnyStayForm):
    """Dates, party, room type and rate plan of a booking that is to be changed."""

    room_type = forms.TypedChoiceField(label=_("Room"), coerce=int)
    rate_plan = forms.TypedChoiceField(label=_("Rate"), coerce=int)

    def __init__(self, given: QueryDict, *, booking: Booking, catalogue: Catalogue, **kwargs: Any) -> None:
        self.booking = booking
        self.is_asked = any(name in given for name in self.base_fields)
        super().__init__(_merged(given, booking), **kwargs)
        self.fields["room_type"].choices = _choices(  # type: ignore[attr-defined]
            {booking.room_type_id: booking.room_type.name}, catalogue.room_types
        )
        self.fields["rate_plan"].choices = _choices(  # type: ignore[attr-defined]
            {booking.rate_plan_id: booking.rate_plan.name}, catalogue.rate_plans
        )

    @property
    def is_departure_only(self) -> bool:
        """Whether the guests are in the house, and change nothing but when they leave."""
        return self.booking.status == "checked_in"

    @property
    def names(self) -> dict[str, str]:
        """What room and rate are called that are asked for."""
        chosen = {}
        for name in ("room_type", "rate_plan"):
            choices = dict(self.fields[name].choices)  # type: ignore[attr-defined]
            chosen[name] = str(choices.get(self.cleaned_data[name], ""))
        return chosen

    @property
    def hidden(self) -> list[tuple[str, str]]:
        """Everything that was asked for, to be sent along with the confirmation."""
        return [
            (name, value)
            for name in [*self.fields, *(["age"] if "children" in self.fields else [])]
            for value in (self.data.getlist(name) if isinstance(self.data, QueryDict) else ())
        ]

    def change(self) -> StayChange:
        """The change that is asked for."""
        return stay_change_from(
            self.booking,
            arrival=self.stay.arrival,
            departure=self.stay.departure,
            party=self.party,
            room_type_id=self.cleaned_data["room_type"],
            rate_plan_id=self.cleaned_data["rate_plan"],
        )


class StaffChangeForm(ChangeForm):
    """The same, and what staff may set aside. Their pages ask for the children's ages in one field."""

    children_ages = forms.CharField(
        label=_("Ages of the children"), required=False, max_length=120, help_text=_("As in: 4, 7")
    )
    adults = forms.IntegerField(label=_("Adults"), min_value=1, max_value=80)
    nightly_override = forms.DecimalField(
        label=_("Price for a night of a room"),
        required=False,
        min_value=Decimal(0),
        max_digits=14,
        decimal_places=3,
        help_text=_("Empty: the price as quoted. Needs a reason."),
    )
    override_reason = forms.CharField(label=_("Reason"), required=False, max_length=200)
    ignore_restrictions = forms.BooleanField(
        label=_("Set restrictions aside"),
        required=False,
        help_text=_("Minimum stay, closed days. Needs a reason."),
    )
    reprice = forms.BooleanField(
        label=_("All nights at today's price"),
        required=False,
        help_text=_("Else nights that stay keep theirs."),
    )
    waive_fee = forms.BooleanField(label=_("Waive the fee"), required=False)
    pay_first = forms.BooleanField(
        label=_("The guest pays the difference first"),
        required=False,
        help_text=_("Else it is owed on the folio."),
    )

    def __init__(self, given: QueryDict, *, may_waive: bool = True, **kwargs: Any) -> None:
        super().__init__(given, **kwargs)
        del self.fields["children"]
        if not may_waive:
            del self.fields["waive_fee"]

    @property
    def stay_fields(self) -> list[Any]:
        names = ("arrival", "departure", "room_type", "rate_plan", "adults", "children_ages", "rooms")
        return [self[name] for name in names]

    @property
    def extra_fields(self) -> list[Any]:
        return [self[name] for name in STAFF_FIELDS if name in self.fields]

    def change(self) -> StayChange:
        """The change that is asked for, with what is set aside."""
        asked = {name: self.cleaned_data[name] for name in STAFF_FIELDS if name in self.fields}
        return stay_change_from(
            self.booking,
            arrival=self.stay.arrival,
            departure=self.stay.departure,
            party=self.party,
            room_type_id=self.cleaned_data["room_type"],
            rate_plan_id=self.cleaned_data["rate_plan"],
            **asked,
        )

    def _ages(self, children: int) -> tuple[int, ...]:
        ages = [text.strip() for text in str(self.data.get("children_ages", "")).split(",") if text.strip()]
        numbers = [number for age in ages if (number := whole_number(age)) is not None]
        if len(numbers) < len(ages):
            raise ValidationError({"children_ages": _("Please write ages as numbers, as in: 4, 7")})
        return tuple(numbers)


class ChangeConfirmForm(forms.Form):
    """What was shown, and a key that makes a second click harmless."""

    expected_total = forms.DecimalField(max_digits=14, decimal_places=3)
    expected_fee = forms.DecimalField(max_digits=14, decimal_places=3)
    version = forms.IntegerField(min_value=0)
    key = forms.CharField(min_length=16, max_length=IDEMPOTENCY_KEY_LENGTH)


def _merged(given: QueryDict, booking: Booking) -> QueryDict:
    """What is given, over the stay as it is."""
    merged = stay_query(stay=StayDates(booking.arrival, booking.departure), party=party_of(booking))
    merged["children_ages"] = ", ".join(str(age) for age in booking.children_ages)
    merged["room_type"] = str(booking.room_type_id)
    merged["rate_plan"] = str(booking.rate_plan_id)
    for name in given:
        if name != "age" or "children" in given:
            merged.setlist(name, given.getlist(name))
    return merged


def _choices(own: dict[int, str], others: Any) -> list[tuple[int, str]]:
    names = {**own, **{key: one.name for key, one in others.items()}}
    return list(names.items())
