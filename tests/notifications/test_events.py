"""Recording events: in the transaction of their change, and some of them once per transaction."""

from __future__ import annotations

import pytest
from django.db import transaction

from notifications.models import DomainEvent
from notifications.services import domain_event_record
from tests.factories.inventory import PropertyFactory


@pytest.mark.django_db
def test_an_event_is_written_with_one_query(django_assert_num_queries):
    house = PropertyFactory()
    with django_assert_num_queries(1):
        event_id = domain_event_record(
            type="booking.held",
            property_id=house.pk,
            subject="booking:K7XM3PQR",
            data={"reference": "K7XM3PQR"},
        )
    event = DomainEvent.objects.get(pk=event_id)
    assert (event.type, event.subject, event.data) == (
        "booking.held",
        "booking:K7XM3PQR",
        {"reference": "K7XM3PQR"},
    )
    assert event.uid.startswith("evt_")
    assert (event.sequence, event.chain_sequence, event.coalesce_key) == (None, None, "")


@pytest.mark.django_db
def test_an_unknown_type_and_data_that_is_not_json_are_refused():
    house = PropertyFactory()
    with pytest.raises(ValueError, match=r"unknown type of event: booking\.lost"):
        domain_event_record(type="booking.lost", property_id=house.pk, subject="booking:X", data={})
    with pytest.raises(TypeError):
        domain_event_record(
            type="booking.held", property_id=house.pk, subject="booking:X", data={"x": object()}
        )
    assert not DomainEvent.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_an_event_needs_the_transaction_of_its_change():
    house = PropertyFactory()
    with pytest.raises(transaction.TransactionManagementError):
        domain_event_record(type="booking.held", property_id=house.pk, subject="booking:X", data={})


@pytest.mark.django_db(transaction=True)
def test_changes_of_inventory_are_told_once_per_transaction_and_property():
    one, other = PropertyFactory(), PropertyFactory()

    def changed(house, room_type_id):
        domain_event_record(
            type="inventory.changed",
            property_id=house.pk,
            subject=f"property:{house.pk}",
            data={"changes": [{"room_type_id": room_type_id}]},
        )

    with transaction.atomic():
        changed(one, 1)
        changed(other, 9)
        changed(one, 2)
    with transaction.atomic():
        changed(one, 3)
    rows = DomainEvent.objects.order_by("id").values_list("property_id", "data")
    assert list(rows) == [
        (one.pk, {"changes": [{"room_type_id": 1}, {"room_type_id": 2}]}),
        (other.pk, {"changes": [{"room_type_id": 9}]}),
        (one.pk, {"changes": [{"room_type_id": 3}]}),
    ]
