"""The form in which people say what they want to be told."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from .models import Channel
from .selectors import CategoryChoices
from .types import Category


class PreferencesForm(forms.Form):
    """A box for every kind of message and channel, as ``choices`` say; what is locked cannot be changed."""

    language = forms.ChoiceField(
        label=_("Language of your messages"), choices=settings.LANGUAGES, required=False
    )

    def __init__(self, *args: Any, choices: list[CategoryChoices], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.choices = choices
        for row in choices:
            for choice in row.choices:
                field = forms.BooleanField(
                    label=f"{row.label}: {choice.channel.label}",
                    required=False,
                    initial=choice.is_on,
                    disabled=choice.is_locked,
                )
                self.fields[self.name_of(row.category, choice.channel)] = field

    @staticmethod
    def name_of(category: Category, channel: Channel) -> str:
        """What the box of a kind of message and a channel is called."""
        return f"{category}-{channel}"

    def rows(self) -> list[dict[str, Any]]:
        """What the table shows: every kind of message with a box, or None, for each channel."""
        return [
            {
                "row": row,
                "boxes": [
                    {"channel": channel, "box": self._box(row.category, channel)} for channel in Channel
                ],
            }
            for row in self.choices
        ]

    def chosen(self) -> dict[tuple[Category, Channel], bool]:
        """What was chosen, of a form that is valid."""
        return {
            (row.category, choice.channel): self.cleaned_data[self.name_of(row.category, choice.channel)]
            for row in self.choices
            for choice in row.choices
            if not choice.is_locked
        }

    def _box(self, category: Category, channel: Channel) -> Any:
        name = self.name_of(category, channel)
        return self[name] if name in self.fields else None
