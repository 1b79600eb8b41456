"""What the triggers write, however a change is made."""

from __future__ import annotations

import re
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client

from core.audit import audit_origin
from core.models import AuditEntry
from inventory.models import Amenity, Rate, RoomInventory, RoomType
from tests.factories.accounts import StaffFactory, SuperuserFactory, UserFactory
from tests.factories.bookings import held
from tests.factories.inventory import Hotel, hotel

pytestmark = pytest.mark.django_db


@pytest.fixture
def house() -> Hotel:
    return hotel(nights=4)


def entries(model: str, **filters: Any) -> list[AuditEntry]:
    return list(AuditEntry.objects.filter(model=model, **filters).order_by("id"))


def test_insert_update_and_delete_of_one_row_with_what_changed():
    amenity = Amenity.objects.create(code="sauna", name="Sauna")
    number = str(amenity.pk)
    amenity.name = "Sauna 'für' alle"
    amenity.save()
    amenity.save()  # changes nothing and leaves nothing
    amenity.delete()
    found = [
        (entry.operation, entry.object_id, entry.before, entry.after)
        for entry in entries("inventory.amenity")
    ]
    row = {"id": int(number), "code": "sauna"}
    assert found == [
        ("insert", number, None, row | {"name": "Sauna"}),
        ("update", number, {"name": "Sauna"}, {"name": "Sauna 'für' alle"}),
        ("delete", number, row | {"name": "Sauna 'für' alle"}, None),
    ]


def test_bulk_writes_and_raw_sql_are_recorded_in_one_insert(house, django_assert_num_queries):
    types = [RoomType(property=house.property, code=f"Z{n}", name=f"Type {n}") for n in range(3)]
    RoomType.objects.bulk_create(types)
    with django_assert_num_queries(1):
        RoomType.objects.filter(code__startswith="Z").update(name="Same")
    with connection.cursor() as cursor:
        cursor.execute("UPDATE inventory_roomtype SET name = 'Raw' WHERE code = 'Z1'")
    ours = {str(row.pk) for row in types}
    made = entries("inventory.roomtype", operation="insert", object_id__in=ours)
    changed = entries("inventory.roomtype", operation="update", object_id__in=ours)
    assert len(made) == 3
    assert [entry.after for entry in changed] == [{"name": "Same"}] * 3 + [{"name": "Raw"}]
    assert {entry.property_id for entry in made + changed} == {house.property.pk}
    last = changed[-1]
    assert (last.user_id, last.origin, last.request_id) == (None, "sql", "")
    assert connection.settings_dict["USER"] in last.place


def test_rates_that_change_alike_share_an_entry_and_their_price_history_goes_on(house):
    before = AuditEntry.objects.filter(model="inventory.rate").count()
    Rate.objects.filter(room_type=house.room_type).update(price=Decimal("77.50"))
    (entry,) = entries("inventory.rate")[before:]
    nights = [(house.first + timedelta(days=n)).isoformat() for n in range(4)]
    assert entry.keys == {"room_type_id": house.room_type.pk, "rate_plan_id": house.plan.pk, "date": nights}
    assert entry.after == {"price": 77.5}
    assert (entry.parent_model, entry.parent_id) == ("inventory.roomtype", str(house.room_type.pk))
    assert entry.property_id == house.property.pk


def test_of_nights_only_what_bookings_do_not_explain(house):
    start = entries("inventory.roominventory")[-1].pk
    held(house)
    assert entries("inventory.roominventory", pk__gt=start) == []
    RoomInventory.objects.filter(room_type=house.room_type, date=house.first).update(total=9, sold=2)
    (entry,) = entries("inventory.roominventory", pk__gt=start)
    assert (entry.before, entry.after) == ({"total": 5}, {"total": 9})


def test_secrets_are_noted_and_never_told():
    user = UserFactory.create(email="ada@example.com")
    user.set_password("a new long passphrase")
    user.save()
    made, changed = entries("accounts.user", object_id=str(user.pk))
    assert "password" not in made.after
    assert (changed.before, changed.after) == ({"password": "***"}, {"password": "***"})
    everything = str([(entry.before, entry.after) for entry in AuditEntry.objects.all()])
    assert "pbkdf2" not in everything
    assert "md5$" not in everything
    assert not re.search(r"'(access_token_hash|token_hash|secret_hash|nonce)': '(?!\*\*\*)", everything)


def test_a_request_is_named_with_user_address_and_id(house):
    boss = SuperuserFactory.create()
    client = Client(headers={"X-Request-ID": "audit-test-0001"}, REMOTE_ADDR="203.0.113.9")
    client.force_login(boss)
    amenity = Amenity.objects.create(code="pool", name="Pool")
    answer = client.post(
        f"/admin/inventory/amenity/{amenity.pk}/change/", {"code": "pool", "name": "Big pool"}
    )
    assert answer.status_code == 302
    entry = entries("inventory.amenity")[-1]
    assert entry.after == {"name": "Big pool"}
    assert (entry.user_id, entry.origin, entry.ip) == (boss.pk, "staff", "203.0.113.9")
    assert entry.place == f"POST /admin/inventory/amenity/{amenity.pk}/change/"
    assert entry.request_id == "audit-test-0001"


def test_commands_jobs_and_effects_name_themselves():
    with audit_origin("command", "import_bookings"):
        Amenity.objects.create(code="a", name="A")
        with audit_origin("job", "bookings.holds_expire"):
            Amenity.objects.create(code="b", name="B")
            with audit_origin("effect", "inner"):
                Amenity.objects.create(code="c", name="C")
        Amenity.objects.create(code="d", name="D")
    assert [(entry.origin, entry.place) for entry in entries("inventory.amenity")] == [
        ("command", "import_bookings"),
        ("job", "bookings.holds_expire"),
        ("job", "bookings.holds_expire"),
        ("command", "import_bookings"),
    ]


def test_many_to_many_rows_and_roles_are_audited(house):
    amenity = Amenity.objects.create(code="wifi", name="Wi-Fi")
    house.property.amenities.add(amenity)
    (entry,) = entries("inventory.propertyamenity")
    assert entry.after["amenity_id"] == amenity.pk
    assert (entry.property_id, entry.parent_id) == (house.property.pk, str(house.property.pk))
    staff = StaffFactory.create(property=house.property)
    (role,) = entries("accounts.propertystaff")
    assert (role.property_id, role.parent_id) == (house.property.pk, str(staff.pk))


def test_a_booking_brings_entries_of_its_nights_and_its_folio(house):
    booking = held(house).booking
    (made,) = entries("bookings.booking")
    assert (made.operation, made.after["status"]) == ("insert", "held")
    assert "quote" not in made.after
    (nights,) = entries("bookings.bookingnight", parent_id=str(booking.pk))
    assert nights.keys["date"] == [
        day.isoformat() for day in booking.nights.order_by("date").values_list("date", flat=True)
    ]
    assert entries("payments.folioentry", parent_id=str(booking.folio_id), property_id=house.property.pk)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE core_auditentry SET user_id = 1",
        "UPDATE core_auditentry SET after = NULL",
        "DELETE FROM core_auditentry",
        "TRUNCATE core_auditentry",
        "SET LOCAL session_replication_role = replica; DELETE FROM core_auditentry",
        (
            "INSERT INTO core_auditentry (operation, model, object_id, origin, place, ip, request_id)"
            " VALUES ('insert', 'x.y', '1', 'sql', '', '', '')"
        ),
        "UPDATE core_auditlink SET entry_id = 0",
        "TRUNCATE core_auditlink",
        "TRUNCATE core_auditseal",
        "SELECT set_config('vacancy.audit_erasure', 'on', true); UPDATE core_auditentry SET user_id = 1",
        (
            "SELECT set_config('vacancy.audit_erasure', 'on', true);"
            " UPDATE core_auditentry SET salt = NULL, erased = '{}', after = '{\"name\": \"X\"}'"
        ),
        (
            "SELECT set_config('vacancy.audit_erasure', 'on', true);"
            " UPDATE core_auditentry SET salt = NULL, erased = '{}', after = '{\"id\": null, \"more\": null}'"
        ),
    ],
)
def test_the_database_refuses_to_touch_the_log(statement):
    Amenity.objects.create(code="a", name="A")
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO core_auditlink VALUES (1, 1, '\\x00')")
    with (
        pytest.raises(IntegrityError, match="append-only"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)


def test_emptying_a_table_is_recorded():
    Amenity.objects.create(code="a", name="A")
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE inventory_amenity CASCADE")
    (entry,) = entries("inventory.amenity", operation="truncate")
    assert entry.before == {"rows": 1}
