"""A guest whose group pays for the room reads so, in the mail and on the page of the booking."""

from __future__ import annotations

import pytest
from django.test import Client

from bookings.links import booking_url
from bookings.services.groups import group_pick_up
from notifications.composing import message_compose
from notifications.models import Notification

from .conftest import group_kept, room_of

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize(
    ("details", "sentence"),
    [
        ({"shared_folio": True, "company": "Acme & Sons"}, "Room and taxes are paid by Acme & Sons."),
        ({"shared_folio": True}, "Room and taxes are paid by Chess club."),
        ({"company": "Acme & Sons"}, ""),
    ],
)
def test_who_pays_is_said(house, clerk, details, sentence):
    group = group_kept(house, clerk, **details)
    booking = group_pick_up(
        group_id=group.pk, room=room_of(house, email="ana@example.com"), actor=clerk, is_told=True
    )

    mail = message_compose(Notification.objects.get(type="booking_confirmed"))
    page = Client().get(booking_url(booking), follow=True)

    assert page.status_code == 200
    html = page.text.replace("&amp;", "&")
    told = str(mail.body)
    if sentence:
        assert sentence in told
        assert sentence in html
        assert sentence in str(mail.alternatives[0][0]).replace("&amp;", "&")
    else:
        assert "are paid by" not in told
        assert "are paid by" not in html
