"""What follows from a changed password."""

from __future__ import annotations

from typing import Any

from allauth.account.signals import password_changed, password_reset, password_set
from django.dispatch import receiver

from .models import User
from .services import tokens_revoke_all


@receiver([password_changed, password_reset, password_set])
def tokens_follow_password(user: User, **_kwargs: Any) -> None:
    """End the API tokens that were given for the old password; sessions end by themselves."""
    tokens_revoke_all(user=user)
