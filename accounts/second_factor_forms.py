"""Allauth's forms that ask for a second factor, saying what to do without the telephone."""

from __future__ import annotations

from typing import Any

from allauth.mfa.base import forms as allauth_forms
from django.utils.translation import gettext_lazy as _

CODE_HELP = _(
    "From your authenticator app. Without it: one of your recovery codes, each of which works once."
)


class AuthenticateForm(allauth_forms.AuthenticateForm):
    """Asked for at log-in."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["code"].help_text = CODE_HELP


class ReauthenticateForm(allauth_forms.ReauthenticateForm):
    """Asked for again before something of the account is changed."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["code"].help_text = CODE_HELP
