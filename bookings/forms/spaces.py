"""Forms of bookings of spaces. What they accept is checked again by the services."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from phonenumber_field.phonenumber import to_python as phone_from

from bookings.series import MAX_OCCURRENCES
from bookings.services import NAME_MAX_LENGTH
from bookings.space_types import SeriesWish, SpaceWish
from bookings.types import GuestDetails
from core.api.inputs import FIRST_DATE, LAST_DATE
from core.dates import property_now
from inventory.hourly import Period
from inventory.models import Space

REPEATS = (
    ("", _("once only")),
    ("DAILY", _("every day")),
    ("WORKDAYS", _("every working day")),
    ("WEEKLY", _("every week")),
    ("BIWEEKLY", _("every two weeks")),
    ("MONTHLY", _("every month, on the same weekday")),
)
MINUTES_MAX = 7 * 24 * 60
WEEKDAY_CODES = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
SCOPES = (
    ("one", _("only this time")),
    ("following", _("this time and the following")),
    ("all", _("all times of the series")),
)


def instant_read(text: str) -> datetime | None:
    """An instant in ISO 8601 with its offset, in UTC; None for anything else, and for days of no calendar of ours."""
    try:
        found = parse_datetime(text.replace(" ", "+"))
    except ValueError:
        return None
    if found is None or found.tzinfo is None or not FIRST_DATE <= found.date() <= LAST_DATE:
        return None
    return found.astimezone(UTC)


def minutes_label(minutes: int) -> str:
    """A length as people say it: 1 h 30 min."""
    hours, rest = divmod(minutes, 60)
    parts = []
    if hours:
        parts.append(ngettext("%(hours)d hour", "%(hours)d hours", hours) % {"hours": hours})
    if rest:
        parts.append(ngettext("%(rest)d minute", "%(rest)d minutes", rest) % {"rest": rest})
    return " ".join(parts)


class SpaceTimeForm(forms.Form):
    """When, how long, for how many, and how often."""

    start = forms.CharField(widget=forms.HiddenInput)
    minutes = forms.TypedChoiceField(label=_("How long"), coerce=int)
    persons = forms.IntegerField(label=_("Persons"), min_value=1, initial=1)
    purpose = forms.CharField(
        label=_("Purpose"), max_length=200, required=False, help_text=_("For example: board meeting")
    )
    equipment = forms.MultipleChoiceField(
        label=_("Equipment you need"), required=False, widget=forms.CheckboxSelectMultiple
    )
    repeat = forms.ChoiceField(label=_("Repeats"), choices=REPEATS, required=False)
    until = forms.DateField(
        label=_("Until"), required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    count = forms.IntegerField(
        label=_("or so many times"), required=False, min_value=2, max_value=MAX_OCCURRENCES
    )

    def __init__(self, *args: Any, space: Space, lengths: list[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.space = space
        self.fields["minutes"].choices = lengths  # type: ignore[attr-defined]
        self.fields["persons"].max_value = space.capacity  # type: ignore[attr-defined]
        self.fields["persons"].widget.attrs["max"] = space.capacity
        pieces = [(piece.code, piece.name) for piece in space.equipment.all()]
        if pieces:
            self.fields["equipment"].choices = pieces  # type: ignore[attr-defined]
        else:
            del self.fields["equipment"]

    def clean_start(self) -> datetime:
        found = instant_read(self.cleaned_data["start"])
        if found is None:
            raise forms.ValidationError(_("Please choose a time."))
        return found

    def clean_persons(self) -> int:
        persons: int = self.cleaned_data["persons"]
        if persons > self.space.capacity:
            text = _("The space is for at most %(persons)d persons.")
            raise forms.ValidationError(text % {"persons": self.space.capacity})
        return persons

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        if not data.get("repeat"):
            return data
        until, start = data.get("until"), data.get("start")
        if not until and not data.get("count") and not {"until", "count"} & self.errors.keys():
            self.add_error("until", _("Say until when it repeats, or how often."))
        if until and data.get("count"):
            self.add_error("count", _("Say until when it repeats or how often, not both."))
        if until and start and until < property_now(self.space.property.time_zone, start).date():
            self.add_error("until", _("This is before the first time."))
        return data

    @property
    def wish(self) -> SpaceWish:
        data = self.cleaned_data
        return SpaceWish(
            space_id=self.space.pk,
            period=Period(data["start"], data["start"] + timedelta(minutes=data["minutes"])),
            persons=data["persons"],
            purpose=data["purpose"],
            equipment=tuple(data.get("equipment", ())),
        )

    @property
    def series(self) -> SeriesWish | None:
        """The wish that repeats, if it does."""
        data = self.cleaned_data
        if not data.get("repeat"):
            return None
        local = property_now(self.space.property.time_zone, data["start"])
        return SeriesWish(
            space_id=self.space.pk,
            rule=rule_of(data["repeat"], local.date(), until=data.get("until"), count=data.get("count")),
            first_day=local.date(),
            starts_at=local.time().replace(fold=0),
            minutes=data["minutes"],
            persons=data["persons"],
            purpose=data["purpose"],
            equipment=tuple(data.get("equipment", ())),
        )


def rule_of(repeat: str, first: date, *, until: date | None, count: int | None) -> str:
    """The rule that a choice of the form means."""
    weekday = WEEKDAY_CODES[first.weekday()]
    rule = {
        "DAILY": "FREQ=DAILY",
        "WORKDAYS": "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR",
        "WEEKLY": f"FREQ=WEEKLY;BYDAY={weekday}",
        "BIWEEKLY": f"FREQ=WEEKLY;INTERVAL=2;BYDAY={weekday}",
        "MONTHLY": f"FREQ=MONTHLY;BYDAY={(first.day - 1) // 7 + 1}{weekday}",
    }[repeat]
    return rule + (f";UNTIL={until:%Y%m%d}" if until else f";COUNT={count}")


class _PhoneForm(forms.Form):
    """Says at once what is wrong with a phone number, not only when everything is sent."""

    def clean_phone(self) -> str:
        text: str = self.cleaned_data["phone"]
        phone = phone_from(text) if text else None
        if text and (phone is None or not phone.is_valid()):
            raise forms.ValidationError(
                _("Please give the phone number with its country code, as in +49 30 123456.")
            )
        return text


class SpaceGuestForm(_PhoneForm):
    """Whose booking it is, and whose bill."""

    name = forms.CharField(
        label=_("Your name"),
        max_length=NAME_MAX_LENGTH,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    email = forms.EmailField(
        label=_("E-mail address"),
        help_text=_("The confirmation goes there."),
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )
    phone = forms.CharField(
        label=_("Phone"),
        required=False,
        max_length=40,
        help_text=_("With country code, as in +49 30 123456."),
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "tel"}),
    )
    stay = forms.ChoiceField(label=_("Bill"), required=False)

    def __init__(self, *args: Any, stays: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if stays:
            self.fields["stay"].choices = [("", _("a bill of its own")), *stays]  # type: ignore[attr-defined]
        else:
            del self.fields["stay"]

    def guest(self, *, language: str) -> GuestDetails:
        data = self.cleaned_data
        return GuestDetails(name=data["name"], email=data["email"], phone=data["phone"], language=language)


class StaffGuestForm(_PhoneForm):
    """For whom staff book: a name is enough, and any stay of the house may carry the bill."""

    name = forms.CharField(label=_("Guest's name"), max_length=NAME_MAX_LENGTH)
    email = forms.EmailField(
        label=_("E-mail address"), required=False, help_text=_("The confirmation goes there.")
    )
    phone = forms.CharField(
        label=_("Phone"),
        required=False,
        max_length=40,
        help_text=_("With country code, as in +49 30 123456."),
        widget=forms.TextInput(attrs={"type": "tel"}),
    )
    stay = forms.CharField(
        label=_("On the bill of stay"),
        required=False,
        max_length=20,
        help_text=_("The reference of a stay of this guest; empty: a bill of its own."),
        widget=forms.TextInput(attrs={"autocapitalize": "characters", "spellcheck": "false"}),
    )

    def guest(self, *, language: str) -> GuestDetails:
        data = self.cleaned_data
        return GuestDetails(name=data["name"], email=data["email"], phone=data["phone"], language=language)


class SpaceSendForm(forms.Form):
    """What was shown before sending: the price, and what to do with times that cannot be had."""

    expected_total = forms.DecimalField(max_digits=14, decimal_places=3)
    key = forms.CharField(min_length=16, max_length=64)
    skip_conflicts = forms.BooleanField(required=False)


class SpaceCancelForm(forms.Form):
    """The fee the guest has seen, how much of a series, and why."""

    scope = forms.ChoiceField(label=_("What is cancelled"), choices=SCOPES, initial="one", required=False)
    expected_fee = forms.DecimalField(max_digits=14, decimal_places=3, widget=forms.HiddenInput)
    reason = forms.CharField(
        label=_("Why? (if you like to say)"),
        required=False,
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )


class SpaceChangeForm(forms.Form):
    """Another time on the clock of the property, or other details."""

    day = forms.DateField(
        label=_("Day"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        validators=[MinValueValidator(FIRST_DATE), MaxValueValidator(LAST_DATE)],
    )
    begins = forms.TimeField(
        label=_("Begins at"), widget=forms.TimeInput(attrs={"type": "time", "step": "300"}, format="%H:%M")
    )
    second = forms.BooleanField(label=_("The second time the clock shows it that day"), required=False)
    minutes = forms.IntegerField(label=_("Minutes"), min_value=5, max_value=MINUTES_MAX)
    persons = forms.IntegerField(label=_("Persons"), min_value=1)
    purpose = forms.CharField(label=_("Purpose"), max_length=200, required=False)
    scope = forms.ChoiceField(label=_("What is changed"), choices=SCOPES, initial="one", required=False)
    version = forms.IntegerField(widget=forms.HiddenInput)
    expected_total = forms.DecimalField(
        max_digits=14, decimal_places=3, required=False, widget=forms.HiddenInput
    )
    skip_conflicts = forms.BooleanField(required=False, widget=forms.HiddenInput)
