"""Writing down what people have agreed to, and what they have taken back."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.utils import timezone

from accounts.models import Consent, ConsentPurpose, ConsentWay, User


def consent_record(
    *,
    purpose: ConsentPurpose,
    is_given: bool,
    user: User | None = None,
    email: str = "",
    way: ConsentWay = ConsentWay.PAGE,
    place: str = "",
    at: datetime | None = None,
) -> Consent:
    """Write one word of one person down: to the version of the text that is valid now. One query, never changed.

    In the caller's transaction, with what follows from it. Where neither an account nor an address is known there is
    nobody who has agreed: raises `ValueError`.
    """
    if user is None and not email:
        raise ValueError("a consent is somebody's")
    return Consent.objects.create(
        user=user,
        email=email or (user.email if user else ""),
        purpose=purpose,
        text_version=settings.CONSENT_VERSIONS[purpose],
        is_given=is_given,
        way=way,
        place=place[:200],
        at=at or timezone.now(),
    )
