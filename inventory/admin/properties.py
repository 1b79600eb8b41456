"""The house itself."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts.scoping import PropertyScopedAdmin, PropertyScopedForm
from core.admin import HouseAdmin
from core.countries import country_choices
from inventory.models import Amenity, Property
from inventory.words import words_match, words_rank

from .photos import PropertyPhotoInline, upload_clean

LOGO_MAX_EDGE_PIXELS = 480

CHECK_BOXES: dict[str, Any] = {"widget": forms.CheckboxSelectMultiple, "help_text": ""}
"""For the amenities, which are few enough to be seen at once."""


@admin.register(Amenity)
class AmenityAdmin(HouseAdmin):
    """The list that all houses share: superusers keep it, everybody picks from it."""

    list_display = ("name", "code")
    search_fields = ("name", "code")

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return bool(request.user.is_staff)


class PropertyForm(PropertyScopedForm):
    """Country and ways to pay by name."""

    gateway_choices: ClassVar[dict[str, Any]] = {}
    """Code and label of the gateways there are; the app of payments says which."""

    country = forms.ChoiceField(label=_("Country"), choices=country_choices)
    gateways = forms.MultipleChoiceField(
        label=_("Payment gateways"),
        choices=lambda: list(PropertyForm.gateway_choices.items()),
        widget=forms.CheckboxSelectMultiple,
        help_text=_("How guests may pay."),
    )

    def clean_logo(self) -> Any:
        """Take an upload as a picture of ours, small enough for a letter's head."""
        return upload_clean(self.cleaned_data["logo"], max_edge=LOGO_MAX_EDGE_PIXELS)

    def clean_gateways(self) -> list[str]:
        """Keep the order that was there; new ones come last."""
        chosen = self.cleaned_data["gateways"]
        before = [code for code in self.instance.gateways if code in chosen]
        return before + [code for code in chosen if code not in before]


@admin.register(Property)
class PropertyAdmin(PropertyScopedAdmin):
    form = PropertyForm
    property_path = "pk"
    list_display = ("name", "city", "country", "stars", "currency", "is_published")
    list_filter = ("is_published", "stars")
    search_fields = ("name", "city", "slug", "description")
    inlines = (PropertyPhotoInline,)
    save_on_top = True
    fieldsets = (
        (None, {"fields": ("name", "slug", "is_published", "description", "stars", "amenities")}),
        (
            _("Place"),
            {"fields": ("address", "postal_code", "city", "country", "latitude", "longitude", "time_zone")},
        ),
        (_("Letters"), {"fields": ("brand_color", "logo")}),
        (_("How guests reach the house"), {"fields": ("email", "phone")}),
        (
            _("Staying"),
            {"fields": ("arrival_from", "departure_until", "child_max_age", "directions", "house_rules")},
        ),
        (
            _("By the clock"),
            {"fields": ("pre_arrival_days", "no_show_time", "digest_time", "assign_rooms_days")},
        ),
        (
            _("Money"),
            {
                "fields": (
                    "currency",
                    "gateways",
                    "override_percent_front_desk",
                    "override_percent_manager",
                )
            },
        ),
        (
            _("Invoices"),
            {"fields": ("legal_name", "tax_number", "invoice_prefix", "invoice_footer")},
        ),
    )

    def formfield_for_manytomany(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        return super().formfield_for_manytomany(db_field, request, **kwargs | CHECK_BOXES)

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Property], search_term: str
    ) -> tuple[QuerySet[Property], bool]:
        """By the words of name, city and description, as guests search, the best first; or by the short name."""
        term = search_term.strip()
        if not term:
            return queryset, False
        found = queryset.filter(Q(words_match(term)) | Q(slug__startswith=term))
        return found if "o" in request.GET else found.order_by(words_rank(term).desc(), "name", "pk"), False

    def get_prepopulated_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return {} if obj else {"slug": ("name", "city")}

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """What was sold is in the currency of its day: it can be chosen once."""
        return ("currency",) if obj else ()
