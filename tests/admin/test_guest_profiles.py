"""Merging guests and taking it back on the pages of staff, with buttons pressed twice."""

from __future__ import annotations

import pytest
from django.contrib.messages import get_messages
from django.test import Client
from django.urls import reverse

from bookings.models import Guest, GuestMerge
from tests.factories.accounts import StaffFactory
from tests.factories.inventory import hotel

pytestmark = pytest.mark.django_db(transaction=True)


def test_merging_and_parting_twice_leads_where_once_leads() -> None:
    house = hotel(nights=2, rooms=1).property
    kept, merged = (Guest.objects.create(property=house, name=name) for name in ("Ada King", "Ada Byron"))
    client = Client()
    client.force_login(StaffFactory.create(property=house, role="manager"))
    profile = reverse("admin:bookings_guest_change", args=[kept.pk])

    def press(name: str, *numbers: int) -> list[str]:
        answer = client.post(reverse(f"admin:bookings_guest_{name}", args=numbers))
        assert (answer.status_code, answer.url) == (302, profile)
        told = [message.level_tag for message in get_messages(answer.wsgi_request)]
        client.get(profile)
        return told

    assert press("merge", kept.pk, merged.pk) == ["success"]
    assert press("merge", kept.pk, merged.pk) == []
    merge = GuestMerge.objects.get()
    assert press("unmerge", kept.pk, merge.pk) == ["success"]
    assert press("unmerge", kept.pk, merge.pk) == []
    nowhere = reverse("admin:bookings_guest_unmerge", args=[merged.pk, merge.pk])
    assert client.post(nowhere).status_code == 404
    merge.refresh_from_db()
    assert merge.undone_at is not None
