"""Where allauth asks us how to behave: its mails go through the outbox like all others."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.utils.translation import get_language

from .signals import account_mail


class AccountAdapter(DefaultAccountAdapter):
    """Sign-up, log-in and their mails."""

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Announce the mail; notifications, which accounts may not import, write it to the outbox."""
        account_mail.send(
            sender=type(self), template=template_prefix, email=email, context=context, language=get_language()
        )
