"""Histories that were written before there was one log become part of it, and can be taken back."""

from __future__ import annotations

import pytest
from django.db import connection

from core.audit.carrying import carry_over
from core.models import AuditEntry
from tests.factories.accounts import SuperuserFactory
from tests.factories.bookings import held
from tests.factories.inventory import hotel

CONTEXT = "11111111-1111-4111-8111-111111111111"
TABLE = """
CREATE TABLE inventory_rateplanevent (
    pgh_id int, pgh_created_at timestamptz, pgh_label text, LIKE inventory_rateplan,
    pgh_context_id uuid, pgh_obj_id bigint
)
"""
EVENT = """
INSERT INTO inventory_rateplanevent
SELECT (jsonb_populate_record(NULL::inventory_rateplanevent, to_jsonb(p) || %s::jsonb)).* FROM inventory_rateplan p
 WHERE p.id = %s
"""


@pytest.mark.django_db
def test_events_become_entries_with_what_changed_and_who_did_it():
    house, boss = hotel(), SuperuserFactory.create()
    plan, label = house.plan, "inventory.rateplan"
    events = [
        ("insert", '"name": "Flex"', "2024-01-01", "null"),
        ("update", '"name": "Flexible"', "2024-02-01", f'"{CONTEXT}"'),
        ("update", '"name": "Flexible"', "2024-03-01", "null"),  # changed nothing
        ("delete", '"name": "Flexible"', "2024-04-01", "null"),
    ]
    with connection.cursor() as cursor:
        cursor.execute(TABLE)
        cursor.execute(
            "INSERT INTO pghistory_context (id, created_at, updated_at, metadata) VALUES (%s, now(), now(), %s::jsonb)",
            [CONTEXT, f'{{"user": {boss.pk}, "url": "/admin/x/", "note": "why"}}'],
        )
        for number, (operation, changed, at, context) in enumerate(events, start=1):
            about = (
                f'{{"pgh_id": {number}, "pgh_label": "{operation}", "pgh_created_at": "{at}",'
                f' "pgh_obj_id": {plan.pk}, "pgh_context_id": {context}, {changed}}}'
            )
            cursor.execute(EVENT, [about, plan.pk])
        forwards, backwards = carry_over(
            "inventory_rateplanevent", label, house="(s.row ->> 'property_id')::bigint"
        )
        cursor.execute(forwards)
    carried = AuditEntry.objects.filter(extra__carried_from="inventory_rateplanevent").order_by("id")
    assert [(entry.operation, entry.at.month, entry.object_id) for entry in carried] == [
        ("insert", 1, str(plan.pk)),
        ("update", 2, str(plan.pk)),
        ("delete", 4, str(plan.pk)),
    ]
    update = carried[1]
    assert (update.before, update.after) == ({"name": "Flex"}, {"name": "Flexible"})
    assert (update.user_id, update.place, update.property_id) == (boss.pk, "/admin/x/", house.property.pk)
    assert update.extra["note"] == "why"
    assert carried[0].after["name"] == "Flex"
    with connection.cursor() as cursor:
        cursor.execute(backwards)
    assert not carried.all().exists()
    assert AuditEntry.objects.filter(model=label).exists()


@pytest.mark.django_db
def test_nothing_is_written_twice():
    booking = held(hotel()).booking
    type(booking).objects.filter(pk=booking.pk).update(staff_notes="Late")
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tablename FROM pg_tables WHERE tablename ~ '^(bookings|inventory|payments|waitlist)_.*event$'"
            " AND tablename <> 'inventory_externalevent' AND tablename <> 'payments_webhookevent'"
        )
        assert cursor.fetchall() == []
        cursor.execute(
            "SELECT tgname FROM pg_trigger WHERE tgname ~ '(insert_insert|update_update|delete_delete)'"
        )
        assert cursor.fetchall() == []
