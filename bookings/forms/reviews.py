"""Forms about reviews. What they accept is checked again by the services."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from bookings.models import ReportReason, Review
from bookings.services.reviews import TEXT_MAX_LENGTH, TITLE_MAX_LENGTH
from inventory.models.ratings import CATEGORY_LABELS, RATING_CATEGORIES, RATING_MAX


class ReviewForm(forms.Form):
    """Points in each category, and words."""

    title = forms.CharField(
        label=_("In a few words"),
        max_length=TITLE_MAX_LENGTH,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    text = forms.CharField(
        label=_("What was it like?"),
        max_length=TEXT_MAX_LENGTH,
        required=False,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text=_("What would have helped you to know before you booked?"),
    )
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(points, str(points)) for points in range(1, RATING_MAX + 1)]
        points = {
            category: forms.TypedChoiceField(
                label=CATEGORY_LABELS[category],
                choices=choices,
                coerce=int,
                widget=forms.RadioSelect(attrs={"class": "points"}),
                error_messages={"required": _("Please choose from 1 to 5.")},
            )
            for category in RATING_CATEGORIES
        }
        self.fields = {**points, **self.fields}

    @classmethod
    def initial_for(cls, review: Review) -> dict[str, Any]:
        """Return what the review says now."""
        return {
            **review.points_by_category(),
            "title": review.title,
            "text": review.text,
            "version": review.version,
        }

    @property
    def points(self) -> dict[str, int]:
        return {category: self.cleaned_data[category] for category in RATING_CATEGORIES}


class ReportForm(forms.Form):
    """What is wrong with a review."""

    reason = forms.ChoiceField(
        label=_("What is wrong?"), choices=ReportReason.choices, widget=forms.RadioSelect
    )
    text = forms.CharField(
        label=_("Tell us more"), max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )
