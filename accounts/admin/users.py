"""Users by e-mail address, for superusers: making them, and helping those who are locked out."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django import forms
from django.contrib import admin
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.forms import ReadOnlyPasswordHashField
from django.contrib.auth.password_validation import validate_password
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from accounts.forms import language_choices
from accounts.models import Membership, PropertyStaff, User
from accounts.services import tokens_revoke_all, user_create
from core.admin import HouseAdmin, HouseForm, LabelledFormSet, ReadOnlyInline
from core.countries import country_choices


class UserForm(HouseForm):
    """Country and language by name; the password is set on a page of its own."""

    password = ReadOnlyPasswordHashField(label=_("Password"))
    country = forms.ChoiceField(label=_("Country"), required=False, choices=country_choices)
    language = forms.ChoiceField(label=_("Language"), required=False, choices=language_choices)

    def clean_email(self) -> str:
        return str(self.cleaned_data["email"]).lower()


class UserAddForm(HouseForm):
    """A new user by e-mail address."""

    email = forms.EmailField(label=_("E-mail address"), max_length=254)
    password = forms.CharField(
        label=_("Password"),
        required=False,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=_("Empty: they set one themselves by “Forgot your password?”."),
    )
    is_verified = forms.BooleanField(
        label=_("The address is known to be right"),
        required=False,
        help_text=_("Otherwise a mail asks to confirm it at the first log-in."),
    )

    class Meta:
        model = User
        fields = ("email", "full_name", "is_staff")

    def clean_email(self) -> str:
        return str(self.cleaned_data["email"]).lower()

    def clean_password(self) -> str | None:
        password = self.cleaned_data["password"]
        if password:
            validate_password(password, User(email=self.cleaned_data.get("email", "")))
        return password or None


class EmailAddressInline(admin.TabularInline):
    formset = LabelledFormSet
    model = EmailAddress
    extra = 0
    fields = ("email", "verified", "primary")


class AuthenticatorInline(admin.TabularInline):
    """Second factors: they can be taken away from somebody who lost theirs, not seen or made."""

    formset = LabelledFormSet
    model = Authenticator
    extra = 0
    fields = readonly_fields = ("type", "created_at", "last_used_at")

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class MembershipInline(admin.TabularInline):
    formset = LabelledFormSet
    model = Membership
    extra = 0
    autocomplete_fields = ("tier",)


class PropertyStaffInline(ReadOnlyInline):
    """Where they work; changed on the pages of the roles themselves."""

    model = PropertyStaff
    fields = ("property", "role")
    show_change_link = True
    related = ("user", "property")


@admin.register(User)
class UserAdmin(HouseAdmin, DjangoUserAdmin):
    form = UserForm
    add_form = UserAddForm
    list_display = ("email", "full_name", "country", "is_staff", "is_active", "date_joined")
    list_filter = ("is_staff", "is_superuser", "is_active")
    search_fields = ("email", "full_name", "membership__number")
    ordering = ("-id",)
    filter_horizontal = ()
    readonly_fields = ("last_login", "date_joined")
    fieldsets = (
        (None, {"fields": ("email", "password")}),
        (_("Person"), {"fields": ("full_name", "phone", "country", "language")}),
        (_("Rights"), {"fields": ("is_active", "is_staff", "is_superuser")}),
        (_("Dates"), {"fields": ("last_login", "date_joined")}),
    )
    add_fieldsets = ((None, {"fields": ("email", "is_verified", "full_name", "password", "is_staff")}),)
    inlines = (EmailAddressInline, PropertyStaffInline, MembershipInline, AuthenticatorInline)

    def get_inlines(self, request: HttpRequest, obj: User | None) -> Any:
        return self.inlines if obj is not None else ()

    def save_form(self, request: HttpRequest, form: Any, change: bool) -> User:
        """Create new users by the service, with address and membership."""
        if change:
            user: User = super().save_form(request, form, change)
            return user
        form.save_m2m = list  # nothing points to a new user yet
        return user_create(**form.cleaned_data)

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: bool) -> None:
        if change:
            super().save_model(request, obj, form, change)

    def user_change_password(self, request: HttpRequest, id: str, form_url: str = "") -> HttpResponse:  # noqa: A002
        """Set somebody's password; the API tokens given for the old one end."""
        response: HttpResponse = super().user_change_password(request, id, form_url)
        user = self.get_object(request, id)
        if request.method == "POST" and response.status_code == HTTPStatus.FOUND and user is not None:
            tokens_revoke_all(user=user)
        return response
