"""Every index serves somebody: what reads by it is planned on a site's worth of data, and the planner takes it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import pytest
from django.apps import apps
from django.db import connection, transaction
from django.db.models import ForeignKey, Model, Q, UniqueConstraint

from .explaining import plans_of
from .figures import World
from .proofs import catalogue, later, messages, money, stays, waiting

pytestmark = pytest.mark.performance

APPS = ("accounts", "bookings", "core", "inventory", "notifications", "payments", "reports", "waitlist")
PROOFS = {
    name: read
    for proofs in (catalogue, stays, money, messages, waiting, later)
    for name, read in proofs.PROOFS.items()
}
KEPT = {
    "group_block_type_date": "the key of the room type: PROTECT looks there",
    "invoice_property_date": "the key of the property: PROTECT looks there, and the admin's list of a house",
    "notification_user_type": "the key of the user: CASCADE deletes by it",
}
"""Not proven by a read of the site, with the reason why they are there all the same."""
PEOPLE = "who did it: accounts are made anonymous, hardly ever deleted, and nobody is looked up by it"
WITHOUT_INDEX = {
    "bookings.BookingChange.actor": PEOPLE,
    "bookings.BookingNote.author": PEOPLE,
    "bookings.Group.created_by": PEOPLE,
    "bookings.Registration.created_by": PEOPLE,
    "bookings.Review.moderated_by": PEOPLE,
    "bookings.Review.reply_by": PEOPLE,
    "bookings.ReviewReport.decided_by": PEOPLE,
    "bookings.ReviewReport.user": PEOPLE,
    "bookings.SpaceBooking.decided_by": PEOPLE,
    "payments.FolioEntry.created_by": PEOPLE,
    "payments.Invoice.created_by": PEOPLE,
    "payments.Refund.created_by": PEOPLE,
    "bookings.RoomAssignment.room": "the exclusion constraint leads with it, as a range of one number",
    "inventory.RoomClosure.room": "the exclusion constraint leads with it, as a range of one number",
    "inventory.PriceChange.context": "no constraint: the history outlives what it tells of",
    "inventory.PriceChange.rate_plan": "no constraint: the history outlives what it tells of",
}
"""Foreign keys that no index begins with, with the reason why nobody needs one."""
STRAY_SQL = r"""
SELECT index.relname
  FROM pg_index
  JOIN pg_class index ON index.oid = indexrelid
  JOIN pg_class whose ON whose.oid = indrelid
 WHERE whose.relname = ANY(%s) AND NOT indisunique AND NOT indisexclusion
   AND NOT EXISTS (
       SELECT FROM pg_constraint
        WHERE conrelid = indrelid AND contype = 'f' AND conkey[1] = indkey[0]
          AND array_length(conkey, 1) = 1 AND indnatts = 1 AND indpred IS NULL AND indexprs IS NULL)
   AND NOT index.relname LIKE '%%\_like'
"""
PARTITION_SUFFIX_SQL = """
SELECT child.relname, parent.relname
  FROM pg_inherits
  JOIN pg_class child ON child.oid = inhrelid
  JOIN pg_class parent ON parent.oid = inhparent
 WHERE child.relkind = 'i'
"""


@pytest.mark.parametrize(("index", "read"), PROOFS.items(), ids=PROOFS.keys())
def test_the_planner_uses_the_index(world: World, index: str, read: Callable[[World], object]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(PARTITION_SUFFIX_SQL)
        whole = dict(cursor.fetchall())

    with _forgotten():
        plans = plans_of(lambda: read(world))

    used = {whole.get(name, name) for plan in plans for name in plan.indexes()}
    assert index in used, "\n\n".join(f"{plan.sql}\n{plan.root}" for plan in plans)


def test_a_plan_without_the_index_is_noticed(world: World) -> None:
    """The twin: where the planner may not use indexes, the proofs fail."""
    with _forgotten():
        with connection.cursor() as cursor:
            cursor.execute("DROP INDEX booking_holds")
        plans = plans_of(lambda: PROOFS["booking_holds"](world))

    assert plans
    assert not any("booking_holds" in plan.indexes() for plan in plans)


@pytest.mark.django_db
def test_every_index_of_the_database_is_declared_or_keeps_a_constraint() -> None:
    """Besides, an index may be that of a foreign key, or the one for beginnings of a unique text."""
    tables = [model._meta.db_table for label in APPS for model in apps.get_app_config(label).get_models()]
    with connection.cursor() as cursor:
        cursor.execute(STRAY_SQL, [tables])
        strays = {name for (name,) in cursor.fetchall()}

    assert strays == _declared()


def test_every_index_is_proven_or_kept_for_a_reason() -> None:
    assert set(PROOFS).isdisjoint(KEPT)
    assert set(PROOFS) | set(KEPT) == _declared()


def test_every_foreign_key_has_one_index_that_begins_with_it_or_a_reason() -> None:
    without, twice = set(), set()
    for model, key in _foreign_keys():
        name = f"{model._meta.label}.{key.name}"
        others = _beginning_with(model, key)
        if not (key.db_index or others):
            without.add(name)
        elif key.db_index and any(condition is None for condition in others):
            twice.add(name)

    assert without == set(WITHOUT_INDEX)
    assert twice == set()


def _foreign_keys() -> Iterator[tuple[type[Model], ForeignKey[Any, Any]]]:
    for label in APPS:
        for model in apps.get_app_config(label).get_models():
            if not model._meta.proxy:
                for field in model._meta.local_fields:
                    if isinstance(field, ForeignKey) and not field.unique:
                        yield model, field


def _beginning_with(model: type[Model], key: ForeignKey[Any, Any]) -> list[Q | None]:
    """The conditions of the indexes that begin with a key: none, or that it is not empty, which its checks imply."""
    found: list[tuple[Sequence[str], Q | None]] = [
        (index.fields or [getattr(index.expressions[0], "name", "")], index.condition)
        for index in model._meta.indexes
    ]
    found += [
        (constraint.fields, constraint.condition)
        for constraint in model._meta.constraints
        if isinstance(constraint, UniqueConstraint)
    ]
    not_empty = Q(**{f"{key.name}__isnull": False})
    return [
        condition
        for fields, condition in found
        if fields and fields[0].lstrip("-") == key.name and condition in (None, not_empty)
    ]


@contextmanager
def _forgotten() -> Iterator[None]:
    """What is written is rolled back; services whose transaction must be the outermost may be called, as in a test."""
    block = transaction.atomic()
    block._from_testcase = True  # type: ignore[attr-defined] - as Django's own tests do
    with block:
        yield
        transaction.set_rollback(True)


def _declared() -> set[str]:
    return {
        index.name
        for label in APPS
        for model in apps.get_app_config(label).get_models()
        for index in model._meta.indexes
    }
