"""What staff tell us about webhook endpoints."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.scoping import PropertyScopedForm, access_of
from notifications.models import WebhookEndpoint
from notifications.services.resending import EventRange
from notifications.types.events import EVENT_TYPES

MOMENT_WIDGET = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")


class EndpointForm(PropertyScopedForm):
    """Where to, and of what."""

    event_types = forms.MultipleChoiceField(
        label=_("Types of events"),
        required=False,
        choices=lambda: [(name, f"{name}: {label}") for name, label in EVENT_TYPES.items()],
        widget=forms.CheckboxSelectMultiple,
        help_text=_("None chosen: all, and those that will be added."),
    )

    class Meta:
        model = WebhookEndpoint
        fields = ("property", "url", "description", "event_types")
        widgets = {"url": forms.URLInput(attrs={"class": "vURLField"})}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "property" in self.fields:
            self.fields["property"].required = not access_of(self.request).is_unlimited


class RangeForm(forms.Form):
    """Which events to send again: by number or by time."""

    after = forms.IntegerField(
        label=_("After number"), min_value=0, required=False, help_text=_("The last one that did arrive.")
    )
    until = forms.IntegerField(label=_("Until number"), min_value=1, required=False)
    since = forms.DateTimeField(label=_("From (UTC)"), required=False, widget=MOMENT_WIDGET)
    before = forms.DateTimeField(label=_("Before (UTC)"), required=False, widget=MOMENT_WIDGET)
    is_missing_only = forms.BooleanField(label=_("Only what was not delivered"), required=False, initial=True)

    def wanted(self) -> EventRange:
        """The range as entered."""
        return EventRange(**self.cleaned_data)
