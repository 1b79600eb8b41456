"""Ending what somebody has opened elsewhere: their sessions, at once."""

from __future__ import annotations

from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.db import transaction
from django.db.models import QuerySet

from accounts.models import User


def device_end(*, user: User, device_id: int) -> int:
    """Log one of the user's devices out; how many that were: none for somebody else's. One transaction."""
    return _end(UserSession.objects.filter(user=user, pk=device_id))


def devices_end_others(*, user: User, current: str) -> int:
    """Log all devices out but the one whose session's key is ``current``; how many."""
    return _end(UserSession.objects.filter(user=user).exclude(session_key=current))


def _end(devices: QuerySet[UserSession]) -> int:
    with transaction.atomic():
        rows = dict(devices.values_list("pk", "session_key"))
        Session.objects.filter(pk__in=rows.values()).delete()
        UserSession.objects.filter(pk__in=rows).delete()
    return len(rows)
