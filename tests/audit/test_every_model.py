"""Every model of the project is audited, or says why not."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from decimal import Decimal

import pytest
from django.apps import apps
from django.db import connection, models

from core.audit import audit_spec
from core.audit.decorator import audited_models

PROJECT_APPS = (
    "accounts",
    "bookings",
    "core",
    "inventory",
    "notifications",
    "payments",
    "reports",
    "waitlist",
)
TRIGGERS = ("audit_insert", "audit_update", "audit_delete", "audit_truncate")

UNAUDITED = {
    "accounts.consent": "a history itself, append-only",
    "accounts.erasure": "a record itself, append-only",
    "accounts.user_groups": "groups give nothing here: what staff may do stands in property staff",
    "accounts.user_user_permissions": "single permissions give nothing here: the roles' tables do",
    "bookings.bookingchangehold": "rooms that are kept while a change waits; the change is audited",
    "bookings.bookingnotice": "which mail went out when; the mail itself is kept",
    "bookings.staffdigest": "which daily mail went out when",
    "core.auditentry": "the log itself; append-only and chained",
    "core.auditlink": "the chain of the log",
    "core.auditseal": "the chain of the log",
    "core.backuprun": "a record of what was done with backups",
    "core.effect": "background work, with its own outcome and reasons; it changes with every attempt",
    "core.effectqueue": "pace of background work",
    "core.idempotencykey": "answers that were given, forgotten after days",
    "core.scheduledjob": "when jobs ran last",
    "inventory.externalevent": "a copy of what other calendars say; what it blocks is audited",
    "inventory.pricechange": "a history itself, written by triggers and append-only",
    "inventory.propertyrating": "sums of reviews, which are audited",
    "notifications.domainevent": "a record of what happened, never changed",
    "notifications.eventstream": "a counter",
    "notifications.notification": "mails as they were sent; they are a record themselves",
    "notifications.webhookattempt": "a record of deliveries",
    "notifications.webhookdelivery": "progress of deliveries",
    "payments.sandboxintent": "a pretended provider's memory",
    "payments.sandboxrefund": "a pretended provider's memory",
    "payments.webhookevent": "what providers told us, kept as it came",
    "reports.dailystat": "sums of bookings, which are audited",
    "reports.dailystatmark": "which sums are out of date",
    "waitlist.pricedrop": "what guests were told of prices",
}


def models_of_the_project() -> list[str]:
    return sorted(
        model._meta.label_lower
        for model in apps.get_models(include_auto_created=True)
        if model._meta.app_label in PROJECT_APPS and not model._meta.proxy
    )


def covered() -> set[str]:
    """Audited models, and the tables between two that are audited by a proxy."""
    return {apps.get_model(label)._meta.concrete_model._meta.label_lower for label in audited_models()}


def test_every_model_is_audited_or_says_why_not():
    missing = [label for label in models_of_the_project() if label not in covered() | set(UNAUDITED)]
    assert missing == [], "decorate with core.audit.audited, or list it in UNAUDITED with the reason"


def test_no_reason_is_given_for_what_is_audited_or_gone():
    known = set(models_of_the_project())
    assert [label for label in UNAUDITED if label in covered() or label not in known] == []


@pytest.mark.parametrize("label", audited_models())
def test_what_is_told_of_a_model_exists(label):
    model, spec = apps.get_model(label), audit_spec(label)
    assert spec is not None
    columns = {field.column for field in model._meta.concrete_fields}
    assert {*spec.exclude, *spec.secrets, *spec.only, *spec.keys} - columns == set()
    for name in (spec.parent, spec.together, *spec.named_with):
        assert not name or model._meta.get_field(name)


def made_up(model: type[models.Model]) -> models.Model:
    """A row that is in no database; what it points to is known by number only."""
    values = {
        models.DateField: date(2030, 1, 1),
        models.DateTimeField: datetime(2030, 1, 1, tzinfo=UTC),
        models.TimeField: time(12),
        models.DecimalField: Decimal(1),
        models.IntegerField: 1,
        models.CharField: "x",
        models.TextField: "x",
    }
    given: dict[str, object] = {}
    for field in model._meta.concrete_fields:
        kind = next((kind for kind in type(field).__mro__ if kind in values), None)
        if field.is_relation:
            given[field.attname] = 1
        elif kind is not None:
            given[field.attname] = values[kind]
    row = model(**given)
    row.__dict__.update({field.attname: 1 for field in model._meta.concrete_fields if field.generated})
    return row


@pytest.mark.parametrize("label", audited_models())
def test_a_row_is_named_from_what_is_read_with_it(label):
    model, spec = apps.get_model(label), audit_spec(label)
    assert spec is not None
    row = made_up(model)
    for name in spec.named_with:
        setattr(row, name, made_up(model._meta.get_field(name).related_model))

    assert str(row), "a query here would be one for each row of a history: add to named_with"


@pytest.mark.parametrize("label", audited_models())
def test_nothing_that_opens_doors_is_written(label):
    model, spec = apps.get_model(label), audit_spec(label)
    assert spec is not None
    hidden = {*spec.exclude, *spec.secrets}
    doors = ("password", "token", "secret", "nonce", "hash", "seed")
    open_doors = [
        field.column
        for field in model._meta.concrete_fields
        if any(word in field.column for word in doors) and field.column not in hidden
    ]
    assert open_doors == []


@pytest.mark.django_db
def test_every_audited_table_has_its_triggers():
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname, tgname FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid"
            " WHERE tgname LIKE 'pgtrigger_audit_%%' AND tgenabled = 'O'"
        )
        installed = {(table, name.removeprefix("pgtrigger_")[:-6]) for table, name in cursor.fetchall()}
    wanted = {(apps.get_model(label)._meta.db_table, name) for label in audited_models() for name in TRIGGERS}
    assert wanted - installed == set()
