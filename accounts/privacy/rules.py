"""How long accounts, the log and what the core keeps of people are kept."""

from __future__ import annotations

from datetime import datetime

import pgtrigger
from allauth.account.models import EmailAddress
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from core.audit.erasing import audit_addresses_forget, audit_values_erase

from .erasing import ErasureRefused, person_erase
from .finding import person_by_user
from .people import Person
from .retention import retention

OWN = frozenset(
    {
        *("accounts.user", "accounts.membership", "accounts.consent", "account.emailaddress"),
        *("account.emailconfirmation", "core.auditentry", "notifications.notification"),
        *("usersessions.usersession", "sessions.session", "notifications.mailsubscription"),
    }
)
"""What an account has that was never used."""
USER_COLUMNS = ("email", "full_name", "phone", "country", "language")


def unconfirmed_forget(before: datetime, dry_run: bool) -> int:
    """Delete accounts whose address was never confirmed and that nothing is known of beside; how many."""
    confirmed = EmailAddress.objects.filter(verified=True).values("user_id")
    unused = User.objects.filter(date_joined__lt=before, last_login=None, is_staff=False, is_superuser=False)
    count = 0
    for user in unused.exclude(pk__in=confirmed).exclude(email__endswith="@erased.invalid").order_by("pk"):
        if Person(user_id=user.pk).all_keys().keys() - OWN:
            continue
        count += 1
        if dry_run:
            continue
        with transaction.atomic(), pgtrigger.ignore("accounts.Consent:append_only"):
            number = str(user.pk)
            user.delete()
            audit_values_erase(model="accounts.user", object_ids=[number], columns=USER_COLUMNS)
    return count


def idle_accounts_erase(before: datetime, dry_run: bool) -> int:
    """Erase guests who have not logged in for so long and have nothing ahead; how many."""
    idle = User.objects.filter(last_login__lt=before, is_active=True, is_staff=False, is_superuser=False)
    count = 0
    for user_id in idle.order_by("pk").values_list("pk", flat=True):
        if dry_run:
            count += 1
            continue
        try:
            person_erase(person_by_user(user_id), at=timezone.now())
        except ErasureRefused:
            continue  # a stay ahead or money open: asked again tomorrow
        count += 1
    return count


retention("unconfirmed", title=_("accounts whose address nobody confirmed"), run=unconfirmed_forget)
retention("idle_accounts", title=_("accounts that nobody logs in to"), run=idle_accounts_erase)
retention("audit_addresses", title=_("IP addresses in the log of changes"), run=audit_addresses_forget)
retention(
    "sessions",
    title=_("sessions, from the last use"),
    job="core.sessions_prune",
    setting="SESSION_COOKIE_AGE_DAYS",
)
retention("tokens", title=_("API tokens"), job="accounts.tokens_prune", setting="TOKEN_DAYS")
retention(
    "effects", title=_("background work that is done"), job="core.effects_prune", setting="EFFECTS_KEPT_DAYS"
)
