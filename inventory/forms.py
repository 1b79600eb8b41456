"""Forms that say where, when and who; every page that shows a price reads them from the address."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.dates import StayDates
from core.exceptions import DomainError
from core.numbers import whole_number
from inventory.models import BoardBasis
from inventory.types import CHILD_MAX_AGE, Party

SEARCH_MAX_CHILDREN = 6
SEARCH_MAX_NIGHTS = 60
SEARCH_MAX_YEARS = 2
LOOK_BACK_MAX_NIGHTS = 365
STAY_FIELDS = ("arrival", "departure", "adults", "children", "age", "rooms")
"""What `stay_query` writes into an address."""


class StayForm(forms.Form):
    """Dates and party of a stay, from a query string: ``arrival departure adults children age* rooms``."""

    arrival = forms.DateField(
        label=_("Arrival"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    departure = forms.DateField(
        label=_("Departure"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    adults = forms.IntegerField(label=_("Adults"), min_value=1, max_value=20, initial=2)
    children = forms.IntegerField(
        label=_("Children"), min_value=0, max_value=SEARCH_MAX_CHILDREN, initial=0, required=False
    )
    rooms = forms.IntegerField(label=_("Rooms"), min_value=1, max_value=9, initial=1, required=False)

    adults_choices = range(1, 13)
    children_choices = range(SEARCH_MAX_CHILDREN + 1)
    rooms_choices = range(1, 7)
    age_choices = range(CHILD_MAX_AGE + 1)

    stay: StayDates
    party: Party

    @classmethod
    def suggested(cls, *, today: date | None = None) -> StayForm:
        """Return an unbound form for the weekend after next: two nights, two adults."""
        today = today or timezone.localdate()
        arrival = today + timedelta(days=7 + (4 - today.weekday()) % 7)
        return cls(initial={"arrival": arrival, "departure": arrival + timedelta(days=2), "adults": 2})

    @property
    def earliest_arrival(self) -> date:
        """Yesterday in UTC: west of Greenwich it may still be today; each property's own clock decides."""
        return timezone.now().date() - timedelta(days=1)

    @property
    def age_slots(self) -> list[int | None]:
        """Return the chosen age of each child, None where none is chosen, as many as there may be children."""
        ages: list[int | None] = list(self._ages_given()[:SEARCH_MAX_CHILDREN])
        return ages + [None] * (SEARCH_MAX_CHILDREN - len(ages))

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if self.errors:
            return data
        try:
            self.stay = StayDates(data["arrival"], data["departure"])
            self.party = Party(
                adults=data["adults"],
                children_ages=self._ages(data.get("children") or 0),
                rooms=data.get("rooms") or 1,
            )
        except DomainError as error:
            field = error.field if error.field in self.fields else None
            raise ValidationError({field: str(error.message)} if field else str(error.message)) from error
        self.limits_check()
        return data

    def limits_check(self) -> None:
        """Refuse stays that are over, too far ahead or too long. Raises `ValidationError`."""
        if self.stay.arrival < self.earliest_arrival:
            raise ValidationError({"arrival": _("The arrival is in the past.")})
        if self.stay.arrival > self.earliest_arrival + timedelta(days=366 * SEARCH_MAX_YEARS):
            raise ValidationError({"arrival": _("We sell rooms up to two years ahead.")})
        if self.stay.nights > SEARCH_MAX_NIGHTS:
            raise ValidationError(
                {"departure": _("A stay has at most %(nights)d nights.") % {"nights": SEARCH_MAX_NIGHTS}}
            )

    def _ages_given(self) -> list[int | None]:
        source: Mapping[str, Any] = self.data or {}
        given = source.getlist("age") if isinstance(source, QueryDict) else source.get("age", [])
        return [whole_number(age) for age in given]

    def _ages(self, children: int) -> tuple[int, ...]:
        ages = [age for age in self._ages_given()[:children] if age is not None]
        if len(ages) < children:
            raise ValidationError(
                {"children": _("Please give the age of every child: it may change the price.")}
            )
        return tuple(ages)


class AnyStayForm(StayForm):
    """Any stay of up to a year, also one that is over: for staff who look back."""

    def limits_check(self) -> None:
        """Refuse what would be too much to show. Raises `ValidationError`."""
        if self.stay.nights > LOOK_BACK_MAX_NIGHTS:
            raise ValidationError(
                {"departure": _("A stay has at most %(nights)d nights.") % {"nights": LOOK_BACK_MAX_NIGHTS}}
            )


class SearchForm(StayForm):
    """Where to look, and what the results must have."""

    ORDERS = (("total", _("lowest total")), ("stars", _("most stars")), ("name", _("name")))

    where = forms.CharField(label=_("City or hotel"), max_length=100, required=False)
    stars = forms.TypedChoiceField(
        label=_("Stars"),
        coerce=int,
        empty_value=None,
        required=False,
        choices=[("", _("any")), *((n, n) for n in (5, 4, 3, 2))],
    )
    amenity = forms.MultipleChoiceField(label=_("In the house"), required=False)
    board = forms.ChoiceField(label=_("Meals"), required=False, choices=[("", _("any")), *BoardBasis.choices])
    refundable = forms.BooleanField(label=_("Free cancellation"), required=False)
    order = forms.ChoiceField(label=_("Order"), required=False, choices=ORDERS)

    def __init__(self, *args: Any, amenities: list[tuple[str, str]] | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["amenity"].choices = amenities or []  # type: ignore[attr-defined]


def stay_query(*, stay: StayDates, party: Party) -> QueryDict:
    """Return a stay and its party as a query string that `StayForm` reads."""
    query = QueryDict(mutable=True)
    query["arrival"] = stay.arrival.isoformat()
    query["departure"] = stay.departure.isoformat()
    for name, values in party_query(party).lists():
        query.setlist(name, values)
    return query


def party_query(party: Party) -> QueryDict:
    """Return who stays as a query string."""
    query = QueryDict(mutable=True)
    query["adults"] = str(party.adults)
    query["children"] = str(party.children)
    query.setlist("age", [str(age) for age in party.children_ages])
    query["rooms"] = str(party.rooms)
    return query
