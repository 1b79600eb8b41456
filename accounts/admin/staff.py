"""Who works where: managers give and take the roles of their own house, by e-mail address."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.db import models
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts.models import PropertyStaff
from accounts.scoping import PropertyScopedAdmin, PropertyScopedForm, actor_of
from accounts.services import property_staff_add, property_staff_remove, property_staff_role_set
from core.exceptions import DomainError


class PropertyStaffForm(PropertyScopedForm):
    """A role. Whom it is for is named by address, so that nobody needs to see the list of all users."""

    email = forms.EmailField(
        label=_("E-mail address"),
        max_length=254,
        help_text=_("Somebody without an account gets one, and a mail to set a password."),
    )
    full_name = forms.CharField(
        label=_("Full name"), max_length=150, required=False, help_text=_("Only for a new account.")
    )

    class Meta:
        model = PropertyStaff
        fields = ("property", "role")


@admin.register(PropertyStaff)
class PropertyStaffAdmin(PropertyScopedAdmin):
    list_display = ("user", "full_name", "property", "role")
    list_filter = ("role",)
    list_select_related = ("user", "property")
    search_fields = ("user__email", "user__full_name")
    autocomplete_fields = ("property",)
    ordering = ("property__name", "user__email")

    @admin.display(description=_("full name"), ordering="user__full_name")
    def full_name(self, row: PropertyStaff) -> str:
        return row.user.full_name

    def get_fields(self, request: HttpRequest, obj: PropertyStaff | None = None) -> Any:
        return ("property", "user", "role") if obj else ("property", "email", "full_name", "role")

    def get_readonly_fields(self, request: HttpRequest, obj: PropertyStaff | None = None) -> Any:
        return (*super().get_readonly_fields(request, obj), *(("user",) if obj else ()))

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        """Ask for the address of a new row only."""
        if obj is None:
            kwargs["form"] = PropertyStaffForm
        return super().get_form(request, obj, change=change, **kwargs)

    def save_form(self, request: HttpRequest, form: Any, change: bool) -> PropertyStaff:
        """Give the role, or change it, by the service."""
        form.save_m2m = list  # a role has no such relations
        actor, values = actor_of(request), form.cleaned_data
        if change:
            return property_staff_role_set(staff_id=form.instance.pk, role=values["role"], actor=actor)
        return property_staff_add(
            property_id=values["property"].pk,
            email=values["email"],
            full_name=values["full_name"],
            role=values["role"],
            actor=actor,
        )

    def save_model(self, request: HttpRequest, obj: PropertyStaff, form: Any, change: bool) -> None:
        """Do nothing: the service has saved."""

    def delete_model(self, request: HttpRequest, obj: PropertyStaff) -> None:
        property_staff_remove(staff_id=obj.pk, actor=actor_of(request))

    def delete_queryset(self, request: HttpRequest, queryset: models.QuerySet[PropertyStaff]) -> None:
        for staff_id in queryset.values_list("pk", flat=True):
            try:
                property_staff_remove(staff_id=staff_id, actor=actor_of(request))
            except DomainError as error:
                self.message_user(request, str(error), "ERROR")
