"""Forms of who waits. What they accept is checked again by the services."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from accounts.models import User
from bookings.services import NAME_MAX_LENGTH
from bookings.types import GuestDetails
from core.exceptions import DomainError
from core.money import MONEY_DECIMAL_PLACES, MONEY_MAX_DIGITS
from core.numbers import whole_number
from inventory.forms import StayForm
from inventory.selectors import Catalogue
from waitlist.models import FLEXIBLE_DAYS_MAX

ACCEPT, DECLINE, DECLINE_AND_WAIT = "accept", "decline", "wait"


def flexible_choices() -> list[tuple[int, str]]:
    """0 to 7 days, in words."""
    days = range(1, FLEXIBLE_DAYS_MAX + 1)
    return [
        (0, str(_("only these dates"))),
        *(
            (count, ngettext("± %(count)d day", "± %(count)d days", count) % {"count": count})
            for count in days
        ),
    ]


class JoinForm(StayForm):
    """What somebody waits for, and how to reach them."""

    room_type = forms.TypedChoiceField(label=_("Room"), coerce=int, empty_value=None, required=False)
    flexible_days = forms.TypedChoiceField(
        label=_("Could you come a little earlier or later?"),
        coerce=int,
        choices=flexible_choices,
        help_text=_("For as many nights. The more you can move, the sooner there is a room."),
    )
    max_total = forms.DecimalField(
        required=False,
        min_value=1,
        max_digits=MONEY_MAX_DIGITS,
        decimal_places=MONEY_DECIMAL_PLACES,
        help_text=_("For the whole stay with all taxes. We offer nothing that costs more. Empty: any price."),
        widget=forms.NumberInput(attrs={"inputmode": "decimal", "step": "any"}),
    )
    name = forms.CharField(
        label=_("Your name"),
        max_length=NAME_MAX_LENGTH,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    email = forms.EmailField(
        label=_("E-mail address"),
        help_text=_("We write to it when a room comes free."),
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )
    phone = forms.CharField(
        label=_("Phone"),
        required=False,
        max_length=40,
        help_text=_("With country code, as in +49 30 123456."),
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "tel"}),
    )

    def __init__(
        self, data: QueryDict | None, *, catalogue: Catalogue, asked: QueryDict, user: User | None
    ) -> None:
        super().__init__(data, initial=_initial(asked, user))
        self.asked = asked
        room_types = [(room_type.id, room_type.name) for room_type in catalogue.room_types.values()]
        self.fields["room_type"].choices = [("", _("any room that fits us")), *room_types]  # type: ignore[attr-defined]
        self.fields["max_total"].label = _("Highest total, in %(currency)s") % {
            "currency": catalogue.property.currency
        }

    @property
    def age_slots(self) -> list[int | None]:
        """Return the ages that were sent, else those of the address."""
        if self.is_bound:
            return super().age_slots
        ages = [whole_number(age) for age in self.asked.getlist("age")]
        size = len(super().age_slots)
        return (ages + [None] * size)[:size]

    def guest(self, *, language: str) -> GuestDetails:
        data = self.cleaned_data
        return GuestDetails(name=data["name"], email=data["email"], phone=data["phone"], language=language)

    def refuse(self, error: DomainError) -> None:
        """Show what the service refused, at the field that was wrong."""
        self.add_error(error.field if error.field in self.fields else None, str(error))


class AnswerForm(forms.Form):
    """What the guest says to an offer."""

    answer = forms.ChoiceField(choices=[(value, value) for value in (ACCEPT, DECLINE, DECLINE_AND_WAIT)])


def _initial(asked: QueryDict, user: User | None) -> dict[str, Any]:
    """Take the stay from the address and the guest from the account."""
    initial: dict[str, Any] = {
        name: asked[name]
        for name in ("arrival", "departure", "adults", "children", "rooms", "room_type")
        if asked.get(name)
    }
    if user is not None:
        initial |= {"name": user.full_name, "email": user.email, "phone": str(user.phone or "")}
    return {"adults": 2, "children": 0, "rooms": 1, "flexible_days": 0} | initial
