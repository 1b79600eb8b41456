"""The forms of the account pages: signing up, and what a person says about themselves."""

from __future__ import annotations

from typing import Any

from allauth.account import forms as allauth_forms
from django import forms
from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from phonenumber_field.formfields import PhoneNumberField

from core.countries import country_choices
from core.exceptions import translate_integrity_errors

from .exceptions import EmailTaken
from .models import User


def language_choices() -> list[tuple[str, Any]]:
    """Pairs of code and name, with "as my browser says" first."""
    return [("", _("As my browser says")), *settings.LANGUAGES]


class SignupForm(allauth_forms.SignupForm):
    """Allauth's form with the person's name."""

    full_name = forms.CharField(
        label=_("Full name"), max_length=150, widget=forms.TextInput(attrs={"autocomplete": "name"})
    )
    field_order = ("full_name", "email", "password1")
    account_already_exists: bool

    def clean(self) -> dict[str, Any]:
        """Refuse a password that is the person's own name; allauth knows the address alone."""
        cleaned: dict[str, Any] = super().clean()
        if password := cleaned.get("password1"):
            person = User(email=cleaned.get("email", ""), full_name=cleaned.get("full_name", ""))
            try:
                validate_password(password, person)
            except ValidationError as error:
                self.add_error("password1", error)
        return cleaned

    def save(self, request: HttpRequest) -> User:
        """Create user, address and membership in one transaction. Raises ``EmailTaken``."""
        with translate_integrity_errors(), transaction.atomic():
            user: User = super().save(request)
            return user

    def try_save(self, request: HttpRequest) -> tuple[User | None, Any]:
        """Treat an address that somebody took a moment ago like one that was taken before."""
        if self.account_already_exists:
            make_password(self.cleaned_data["password1"])  # the time that a new account would have cost
            return super().try_save(request)
        try:
            return super().try_save(request)
        except EmailTaken:
            self.account_already_exists = True
            return super().try_save(request)


class ProfileForm(forms.Form):
    """What people may change about themselves. The e-mail address has a page of its own."""

    full_name = forms.CharField(
        label=_("Full name"), max_length=150, widget=forms.TextInput(attrs={"autocomplete": "name"})
    )
    phone = PhoneNumberField(
        label=_("Phone"),
        required=False,
        help_text=_("With the country code, such as +44 20 7946 0018."),
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "tel"}),
    )
    country = forms.ChoiceField(
        label=_("Country"),
        required=False,
        choices=country_choices,
        widget=forms.Select(attrs={"autocomplete": "country"}),
    )
    language = forms.ChoiceField(
        label=_("Language"),
        required=False,
        choices=language_choices,
        help_text=_("Of these pages when you are logged in, and of our mails to you."),
    )


class AccountDeleteForm(forms.Form):
    """The password, and the word of the person that they mean it."""

    password = forms.CharField(
        label=_("Your password"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )
    understood = forms.BooleanField(label=_("I know that this cannot be undone"))

    def __init__(self, *args: Any, user: User, **options: Any) -> None:
        super().__init__(*args, **options)
        self.user = user

    def clean_password(self) -> str:
        password: str = self.cleaned_data["password"]
        if not self.user.check_password(password):
            raise forms.ValidationError(_("This is not your password."))
        return password
