"""Where allauth asks us how to behave: its mails go through the outbox like all others."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.contrib.auth.base_user import AbstractBaseUser
from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import get_language

from core.api.throttling import client_address

from .devices import device_cookie_set, device_is_known
from .languages import language_cookie_set
from .models import User
from .services import membership_create
from .signals import account_mail, security_event

FIRST_LOGIN_WITHIN = timedelta(hours=1)
"""Whoever logs in so soon after signing up needs no notice of it: every device is new then."""
USER_AGENT_LENGTH = 200


class AccountAdapter(DefaultAccountAdapter):
    """Sign-up, log-in and their mails."""

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Announce the mail; notifications, which accounts may not import, write it to the outbox.

        It speaks the recipient's language where we know them, else that of the request.
        """
        user = context.get("user")
        language = (isinstance(user, User) and user.language) or get_language()
        account_mail.send(
            sender=type(self), template=template_prefix, email=email, context=context, language=language
        )

    def save_user(
        self, request: HttpRequest, user: AbstractBaseUser, form: BaseForm, commit: bool = True
    ) -> AbstractBaseUser:
        """Give the new user their name, the language they signed up in, and a membership."""
        assert isinstance(user, User)
        user.full_name = form.cleaned_data.get("full_name", "")
        user.language = get_language() or ""
        super().save_user(request, user, form, commit)
        if commit:
            membership_create(user=user)
        return user

    def post_login(self, request: HttpRequest, user: AbstractBaseUser, **kwargs: Any) -> HttpResponse:
        """Speak the user's language from here on, and tell them of a device that is new."""
        response: HttpResponse = super().post_login(request, user, **kwargs)
        assert isinstance(user, User)
        language_cookie_set(response, user.language)
        if not device_is_known(request, user) and user.date_joined < timezone.now() - FIRST_LOGIN_WITHIN:
            security_event.send(
                sender=type(self),
                user=user,
                event="login_new_device",
                at=timezone.now(),
                ip=self.get_client_ip(request),
                user_agent=request.headers.get("User-Agent", "")[:USER_AGENT_LENGTH],
            )
        device_cookie_set(response, request, user)
        return response

    def get_client_ip(self, request: HttpRequest) -> str:
        """Count by the same address as the API's rate limits do."""
        return client_address(request)
