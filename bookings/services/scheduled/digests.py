"""The overview of the day for staff, each morning on their property's clock."""

from __future__ import annotations

from datetime import datetime

import structlog
from django.db import transaction
from django.utils import timezone
from django.utils.translation import override

from accounts.selectors import property_people
from bookings.digest import DigestDay, digest_sections
from bookings.models import StaffDigest
from bookings.selectors.scheduled import digests_due
from bookings.services.mails.house import language_of
from core.dates import property_today
from core.exceptions import DomainError, translate_integrity_errors
from inventory.models import Property
from notifications.contexts import property_context
from notifications.services import notification_enqueue
from notifications.types import STAFF_DIGEST, DigestSectionContext

logger = structlog.get_logger(__name__)


def staff_digests_send(*, at: datetime | None = None) -> int:
    """Write the overview of the day to the staff of every property whose time it is; how many properties."""
    at = at or timezone.now()
    sent = 0
    for house in digests_due(at=at):
        try:
            sent += staff_digest_send(house=house, at=at)
        except DomainError as error:
            logger.warning("digest_not_sent", property_id=house.pk, code=error.code)
    return sent


def staff_digest_send(*, house: Property, at: datetime) -> bool:
    """Write the overview to the staff of one property, once a day; False if somebody else has. One transaction.

    Everybody who works there gets it who did not choose otherwise, in their language.
    """
    day = DigestDay(house=house, today=property_today(house.time_zone, at), at=at)
    with translate_integrity_errors(), transaction.atomic(durable=True):
        _row, is_new = StaffDigest.objects.get_or_create(
            property=house, date=day.today, defaults={"sent_at": at}
        )
        if not is_new:
            return False
        by_language: dict[str, list[DigestSectionContext]] = {}
        for user in property_people(house.pk):
            language = language_of(user)
            if language not in by_language:
                with override(language):
                    by_language[language] = digest_sections(day)
            notification_enqueue(
                type=STAFF_DIGEST,
                recipient=user.email,
                user=user,
                language=language,
                property_id=house.pk,
                context={
                    "property": property_context(house),
                    "date": day.today.isoformat(),
                    "sections": by_language[language],
                },
                dedup_key=f"{STAFF_DIGEST}:{house.pk}:{day.today:%Y-%m-%d}:{user.pk}",
            )
    return True
