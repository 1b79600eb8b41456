"""Bookings, holds and the proof of the inventory in Prometheus' figures."""

from datetime import timedelta

import pytest
from django.utils import timezone
from prometheus_client.parser import text_string_to_metric_families

from bookings.models import Booking
from bookings.services.scheduled.checks import InventoryDiffers
from core.cache.client import cache_key, cache_server
from core.observability.metrics import metrics_text
from core.schedule import job_recorded
from tests.factories.bookings import confirmed, held
from tests.factories.inventory import hotel

pytestmark = pytest.mark.django_db(transaction=True)


def figures() -> dict[str, float]:
    cache_server().redis.delete(cache_key("figures", "remembered", "bookings"))
    return {
        sample.name + "".join(f":{value}" for value in sample.labels.values()): sample.value
        for family in text_string_to_metric_families(metrics_text().decode())
        for sample in family.samples
    }


def test_bookings_holds_and_the_inventory_check() -> None:
    house = hotel(rooms=5, nights=4)
    late = held(house).booking
    held(house)
    confirmed(house)
    Booking.objects.filter(pk=late.pk).update(hold_expires_at=timezone.now() - timedelta(minutes=5))

    found = figures()
    assert (found["vacancy_bookings:held"], found["vacancy_bookings:confirmed"]) == (2, 1)
    assert found["vacancy_bookings:no_show"] == 0
    assert (found["vacancy_holds"], found["vacancy_holds_overdue"]) == (2, 1)
    assert found["vacancy_inventory_exact"] == -1

    with job_recorded("bookings.inventory_check") as record:
        record.result = 4
    found = figures()
    assert (found["vacancy_inventory_exact"], found["vacancy_inventory_nights_checked"]) == (1, 4)

    with pytest.raises(InventoryDiffers), job_recorded("bookings.inventory_check"):
        raise InventoryDiffers(data={"nights": 1})
    found = figures()
    assert (found["vacancy_inventory_exact"], found["vacancy_inventory_nights_checked"]) == (0, 0)
