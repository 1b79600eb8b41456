"""What accounts hold about people, and what Django, the libraries and the core hold for them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from allauth.usersessions.models import UserSession
from django.contrib.auth.hashers import make_password
from django.db.models import CharField, Q, Value
from django.db.models.functions import Cast, Concat
from django.utils.translation import gettext_lazy as _

from accounts.models import PropertyStaff, User

from .declaring import Refusal, holds, holds_nothing, refuses
from .people import NOBODY, Person, finds

CODES = "codes of the system"
NUMBERS = "numbers and codes of the system; nobody is named"


@refuses
def staff_refused(person: Person, _at: datetime) -> list[Refusal]:
    """Who works here is not erased: the role is taken away first, by somebody who may."""
    if person.user_id is None:
        return []
    works = PropertyStaff.objects.filter(user_id=person.user_id).exists()
    if works or User.objects.filter(pk=person.user_id, is_staff=True).exists():
        return [Refusal("is_staff", _("The person works here: take the roles away first."))]
    if User.objects.filter(pk=person.user_id, is_superuser=True).exists():
        return [Refusal("is_staff", _("The person works here: take the roles away first."))]
    return []


def _account_close(keys: Sequence[Any], _at: datetime) -> None:
    User.objects.filter(pk__in=keys).update(is_active=False, last_login=None)


ERASED_EMAIL = Concat(
    Value("erased-"), Cast("pk", CharField()), Value("@erased.invalid"), output_field=CharField()
)
"""Unique, as addresses of accounts must be, and deliverable to nobody."""

holds(
    "accounts.user",
    title=_("Account"),
    order=10,
    find=lambda person: person.by_user("pk"),
    shown=("date_joined", "last_login", "is_active"),
    personal=("email", "full_name", "phone", "country", "language"),
    secret=("password",),
    values={"email": ERASED_EMAIL, "password": make_password(None)},
    prepare=_account_close,
)
holds(
    "account.emailaddress",
    title=_("E-mail addresses"),
    order=20,
    find=lambda person: person.by_user("user"),
    personal=("email",),
    shown=("verified", "primary"),
    erase="delete",
)
holds(
    "account.emailconfirmation",
    order=21,
    find=lambda person: person.by_rows("email_address", "account.emailaddress"),
    secret=("key",),
    erase="delete",
)
holds(
    "accounts.membership",
    title=_("Membership"),
    order=30,
    find=lambda person: person.by_user("user"),
    personal=("number",),
    shown=("tier", "created_at"),
    erase="delete",
)
holds(
    "accounts.consent",
    title=_("Consents"),
    order=40,
    find=lambda person: person.by_user("user") | person.by_email("email"),
    shown=("purpose", "text_version", "is_given", "way", "at"),
    personal=("email", "place"),
    erase="delete",
    unlock=("accounts.Consent:append_only",),
)
holds(
    "mfa.authenticator",
    title=_("Second factors"),
    order=50,
    find=lambda person: person.by_user("user"),
    shown=("type", "created_at", "last_used_at"),
    secret=("data",),
    erase="delete",
)
holds(
    "knox.authtoken",
    title=_("Programs that are logged in"),
    order=51,
    find=lambda person: person.by_user("user"),
    shown=("created", "expiry"),
    secret=("digest", "token_key"),
    erase="delete",
)
holds(
    "usersessions.usersession",
    title=_("Devices that are logged in"),
    order=52,
    find=lambda person: person.by_user("user"),
    shown=("created_at", "last_seen_at"),
    personal=("ip", "user_agent"),
    secret=("session_key", "data"),
    erase="delete",
)
holds(
    "sessions.session",
    order=53,
    secret=("session_key", "session_data"),
    reason="found by the list of devices; those of guests without an account end after two weeks",
    erase="delete",
)


@finds("sessions.session")
def sessions_of(person: Person) -> Iterable[str]:
    """The sessions of all the person's devices."""
    keys = person.keys("usersessions.usersession")
    return UserSession.objects.filter(pk__in=keys).values_list("session_key", flat=True) if keys else ()


holds(
    "core.auditentry",
    title=_("What the account did"),
    order=800,
    find=lambda person: Q(user_id=person.user_id) if person.user_id else NOBODY,
    shown=("at", "operation", "model", "object_id", "origin", "request_id"),
    personal=("place", "ip"),
    plain=("parent_model", "parent_id", "keys", "before", "after", "extra", "salt", "erased"),
    reason="values about a person are taken out of the log with the rows they are of; the chain holds",
    erase="keep",
)
holds(
    "admin.logentry",
    title=_("What the account did in the administration"),
    order=801,
    find=lambda person: person.by_user("user"),
    shown=("action_time", "object_id"),
    personal=("object_repr", "change_message"),
)
holds(
    "core.effect",
    order=810,
    find=lambda person: person.by_text("last_error"),
    secret=("last_error",),
    plain=(
        *("kind", "queue", "payload", "dedup_key", "ordering_key", "status", "lease_token"),
        *("progress_note", "request_id"),
    ),
    reason="background work has the numbers of rows only; what a mail server answered may name an address",
)
holds(
    "core.idempotencykey",
    order=811,
    find=lambda person: person.by_text("response_body"),
    secret=("response_body", "response_headers", "principal", "key", "request_hash"),
    plain=("state", "lock_token"),
    reason="answers that were given, forgotten after three days",
    erase="delete",
)
holds(
    "accounts.erasure",
    order=990,
    plain=("uid", "rows"),
    reason="counts by kind of row; nobody is named",
    erase="keep",
)
holds_nothing("accounts.membershiptier", "code name", reason="the catalogue")
holds_nothing("accounts.propertystaff", "role", reason="who works where; staff are not erased while they do")
holds_nothing("accounts.user_groups", reason=NUMBERS)
holds_nothing("accounts.user_user_permissions", reason=NUMBERS)
holds_nothing("auth.group", "name", reason=CODES)
holds_nothing("auth.group_permissions", reason=NUMBERS)
holds_nothing("auth.permission", "name codename", reason=CODES)
holds_nothing("contenttypes.contenttype", "app_label model", reason=CODES)
holds_nothing("core.auditlink", "hash", reason="hashes over the log")
holds_nothing("core.auditseal", "head", reason="hashes over the log")
holds_nothing(
    "core.backuprun",
    "action kind name outcome level message",
    reason="when backups were made, and their names",
)
holds_nothing("core.effectqueue", "name", reason=CODES)
holds_nothing("core.scheduledjob", "name last_result last_error", reason="counts and reasons of failures")
holds_nothing("pghistory.context", "id metadata", reason="the number of who changed a price, and the page")
