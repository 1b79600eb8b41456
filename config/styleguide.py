"""The style guide: every component of the pages with sample content, on the development page /dev/style/."""

from __future__ import annotations

from datetime import timedelta

from django import forms
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from core.security.demo import demo_page
from inventory.forms import SearchForm


class SampleForm(forms.Form):
    """One field of every kind."""

    name = forms.CharField(label="Full name", help_text="As in your passport.")
    email = forms.EmailField(label="E-mail")
    phone = forms.CharField(label="Phone", required=False)
    country = forms.ChoiceField(label="Country", choices=[("", "Choose…"), ("DE", "Germany")])
    arrival = forms.TimeField(
        label="Expected arrival", required=False, widget=forms.TimeInput(attrs={"type": "time"})
    )
    wishes = forms.CharField(
        label="Special requests", required=False, widget=forms.Textarea(attrs={"rows": 3})
    )
    bed = forms.ChoiceField(
        label="Bed", choices=[("double", "Double bed"), ("twin", "Twin beds")], widget=forms.RadioSelect
    )
    terms = forms.BooleanField(label="I accept the house rules and the cancellation policy")


@require_safe
@demo_page
def styleguide(request: HttpRequest) -> HttpResponse:
    """Show every component. Form fields are shown with their errors; no query."""
    today = timezone.localdate()
    context = {
        "form": SearchForm(
            initial={
                "where": "Lisbon",
                "arrival": today + timedelta(days=9),
                "departure": today + timedelta(days=12),
                "adults": 2,
                "children": 0,
                "rooms": 1,
            }
        ),
        "demo": SampleForm({"name": "Ada Lovelace", "email": "nobody"}, auto_id="sample_%s"),
        "places": ["Lisbon", "Porto", "Vienna"],
        "deadline": timezone.now() + timedelta(minutes=14),
        "page": Paginator(range(200), 10).page(5),
        "crumbs": [
            {"label": "Start", "url": reverse("inventory:home")},
            {"label": "Lisbon", "url": reverse("inventory:search")},
            {"label": "Hotel Miradouro"},
        ],
    }
    return render(request, "components/styleguide.html", context)
