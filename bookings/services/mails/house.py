"""Who of a house is written to, and in which language."""

from __future__ import annotations

from collections.abc import Iterable

from django.conf import settings

from accounts.models import User
from notifications.services import language_supported


def recipients(people: Iterable[User], house_email: str) -> list[tuple[str, User | None]]:
    """Who is told: the people, or the house's own address where there are none."""
    told: list[tuple[str, User | None]] = [(user.email, user) for user in people]
    return told or ([(house_email, None)] if house_email else [])


def language_of(user: User | None) -> str:
    """The language in which somebody is written to."""
    return language_supported((user.language if user else "") or settings.LANGUAGE_CODE)
