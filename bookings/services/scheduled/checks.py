"""Nightly proofs. A difference is an error: logged, mailed to the superusers, and the job's failure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import structlog
from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext, ngettext, override
from django.utils.translation import gettext_lazy as _

from accounts.selectors import superusers
from bookings.selectors import inventory_differences, inventory_nights_count
from bookings.types import InventoryDifference
from core.exceptions import DomainError
from core.observability.queries import bulk_work
from notifications.services import language_supported, notification_enqueue
from notifications.types import GENERIC

LINES_MAX = 20

logger = structlog.get_logger(__name__)


class InventoryDiffers(DomainError):
    """The inventory does not say what bookings and blocks say: a defect. ``data["nights"]`` counts the nights."""

    code = "inventory_differs"
    http_status = 500
    message = _("The inventory differs from bookings and blocks.")


def inventory_check_nightly(*, at: datetime | None = None) -> int:
    """Compare every night with its bookings and blocks; how many nights were compared.

    Raises `InventoryDiffers` after telling the superusers, once a day.
    """
    at = at or timezone.now()
    with bulk_work():
        nights, differences = inventory_nights_count(), inventory_differences()
    if differences:
        lines = [_line(difference) for difference in differences]
        logger.error("inventory_differs", nights=len(differences), first=lines[0])
        alarm_mail("inventory_check", lines, at=at)
        raise InventoryDiffers(data={"nights": len(differences), "first": lines[:LINES_MAX]})
    return nights


def ledger_problems_mail(*, lines: Sequence[str], at: datetime | None = None) -> None:
    """Tell the superusers what is wrong with the ledger, once a day."""
    alarm_mail("ledger_check", lines, at=at or timezone.now())


def alarm_mail(check: str, lines: Sequence[str], *, at: datetime) -> None:
    """Write to every superuser what a check (the command's name) has found; once a day and check."""
    with transaction.atomic():
        for user in superusers():
            language = language_supported(user.language or settings.LANGUAGE_CODE)
            with override(language):
                count = len(lines)
                found = ngettext(
                    "The nightly check found %(count)d difference. This must not happen: something was not booked "
                    "as it should be.",
                    "The nightly check found %(count)d differences. This must not happen: something was not booked "
                    "as it should be.",
                    count,
                ) % {"count": count}
                context = {
                    "name": user.full_name,
                    "title": gettext("%(check)s found differences") % {"check": check},
                    "paragraphs": [found, *lines[:LINES_MAX], f"manage.py {check}"],
                    "action_url": settings.SITE_URL + reverse("admin:index"),
                    "action_label": gettext("Open the administration"),
                    "property": None,
                }
            notification_enqueue(
                type=GENERIC,
                recipient=user.email,
                user=user,
                language=language,
                context=context,
                dedup_key=f"{check}:{at:%Y-%m-%d}:{user.pk}",
            )


def _line(difference: InventoryDifference) -> str:
    told = (difference.held, difference.sold, difference.blocked)
    expected = (difference.held_expected, difference.sold_expected, difference.blocked_expected)
    return (
        f"{difference.property_name}, {difference.room_type_code}, {difference.date:%Y-%m-%d}: "
        f"held/sold/blocked {told} instead of {expected}"
    )
