"""Forms of the chart's pages."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from bookings.selectors.assignments import FreeRoom
from inventory.models import ClosureKind, Room

UPGRADE, CHANGE_TYPE = "upgrade", "type"


def day_field(label: Any, **more: Any) -> forms.DateField:
    """A date as browsers ask for it."""
    return forms.DateField(
        label=label, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"), **more
    )


class MoveForm(forms.Form):
    """Another room, other dates, or both."""

    room = forms.TypedChoiceField(
        label=_("Room"),
        coerce=int,
        empty_value=None,
        required=False,
        error_messages={
            "invalid_choice": _("This room is not free on these nights. Please choose another one.")
        },
    )
    arrival = day_field(_("Arrival"))
    departure = day_field(_("Departure"))
    kind = forms.ChoiceField(
        label=_("Room of another type"),
        choices=(
            (UPGRADE, _("Same price, as an upgrade")),
            (CHANGE_TYPE, _("Book this type, at its price")),
        ),
        required=False,
        initial=UPGRADE,
    )
    reason = forms.CharField(
        label=_("Reason"), max_length=200, required=False, help_text=_("Needed for a room of another type.")
    )

    def __init__(self, *args: Any, rooms: list[FreeRoom], now: Room | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["room"].choices = [("", _("No room yet")), *_choices(rooms, now)]  # type: ignore[attr-defined]
        self.order_fields(["room", "arrival", "departure", "kind", "reason"])


def _choices(rooms: list[FreeRoom], now: Room | None) -> list[tuple[Any, Any]]:
    """The rooms by type, the best first; with what to know of each."""
    groups: dict[str, list[tuple[int, str]]] = {}
    if now is not None and all(free.room.pk != now.pk for free in rooms):
        groups[str(now.room_type.name)] = [(now.pk, now.number)]
    for free in rooms:
        notes = [free.reason] if free.reason else []
        if free.fit:
            notes.append(str(_("as wished")))
        if not free.is_clean:
            notes.append(str(pgettext_lazy("room", "dirty")))
        name = " · ".join([free.room.number, *notes])
        groups.setdefault(free.room.room_type.name, []).append((free.room.pk, name))
    return list(groups.items())


class CloseForm(forms.Form):
    """A room is not as it should be."""

    kind = forms.ChoiceField(label=_("What"), choices=ClosureKind.choices, widget=forms.RadioSelect)
    start = day_field(_("First night"))
    end = day_field(_("Until"), help_text=_("The first night on which it is in order again."))
    reason = forms.CharField(label=_("Reason"), max_length=200)
    displaces = forms.BooleanField(
        label=_("Take the room from stays that have it"),
        required=False,
        help_text=_("They wait for another room then. Nobody in the house is moved."),
    )


class CloseEndForm(forms.Form):
    """When a closed room is in order again."""

    end = day_field(_("In order from"), help_text=_("Before its first night: the closure is undone."))
    displaces = forms.BooleanField(label=_("Take the room from stays that have it"), required=False)


class AssignForm(forms.Form):
    """For which nights rooms are assigned."""

    start = day_field(_("From"))
    end = day_field(_("Until"))

    def period(self) -> tuple[date, date]:
        """The nights, half-open."""
        return self.cleaned_data["start"], self.cleaned_data["end"]
