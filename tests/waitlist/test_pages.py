"""The pages of who waits: joining, the entry, the offer, the list, the dashboard."""

from __future__ import annotations

from datetime import datetime

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from bookings.services import booking_cancel
from inventory.forms import stay_query
from inventory.types import Party
from tests.factories.accounts import UserFactory
from tests.factories.inventory import Hotel, hotel
from tests.factories.waitlist import sold_out, waiting
from waitlist.access import entry_token_of, offer_token_of
from waitlist.models import WaitlistEntry, WaitlistOffer
from waitlist.services import offers_make

pytestmark = pytest.mark.django_db(transaction=True)


def asked(house: Hotel, **more: object) -> dict[str, object]:
    stay = house.stay()
    return {
        "arrival": stay.arrival.isoformat(),
        "departure": stay.departure.isoformat(),
        "adults": 2,
        "children": 0,
        "rooms": 1,
        "flexible_days": 0,
        "name": "Ada Lovelace",
        "email": "ada@example.com",
        **more,
    }


def join_url(house: Hotel) -> str:
    return reverse("waitlist:join", args=[house.property.slug])


def offer_for(house: Hotel, **wish: object) -> WaitlistOffer:
    bookings = sold_out(house)
    waiting(house, **wish)  # type: ignore[arg-type]
    for booking in bookings:
        booking_cancel(booking_id=booking.pk, actor=None)
    offers_make()
    return WaitlistOffer.objects.select_related("entry", "booking").latest("pk")


def test_a_sold_out_house_leads_to_its_waitlist(house: Hotel, client: Client) -> None:
    sold_out(house)
    query = stay_query(stay=house.stay(), party=Party(2)).urlencode()

    page = client.get(f"{reverse('inventory:property', args=[house.property.slug])}?{query}").content.decode()
    found = client.get(f"/search/?where=&{query}").content.decode()

    assert f'href="{join_url(house)}?{query.replace("&", "&amp;")}"' in page
    assert f"&amp;room_type={house.room_type.pk}" in page
    assert f'href="{join_url(house)}?' in found


def test_a_house_with_rooms_does_not(house: Hotel, client: Client) -> None:
    query = stay_query(stay=house.stay(), party=Party(2)).urlencode()

    page = client.get(f"{reverse('inventory:property', args=[house.property.slug])}?{query}").content.decode()

    assert join_url(house) not in page


def test_the_form_knows_the_stay_and_the_guest(house: Hotel, client: Client) -> None:
    sold_out(house)
    client.force_login(UserFactory.create(full_name="Grace Hopper", email="grace@example.com"))
    party = Party(adults=3, children_ages=(4, 9), rooms=2)
    query = stay_query(stay=house.stay(), party=party).urlencode()

    form = client.get(f"{join_url(house)}?{query}&room_type={house.room_type.pk}").context["form"]

    assert (form["adults"].value(), form["rooms"].value(), form.age_slots[:3]) == ("3", "2", [4, 9, None])
    assert (form["name"].value(), form["email"].value()) == ("Grace Hopper", "grace@example.com")
    assert form["room_type"].value() == str(house.room_type.pk)


def test_joining_leads_to_the_entry_with_an_honest_place(house: Hotel, client: Client) -> None:
    sold_out(house)
    waiting(house)

    answer = client.post(join_url(house), asked(house), follow=True)

    entry = WaitlistEntry.objects.get(guest_email="ada@example.com")
    assert answer.redirect_chain == [(reverse("waitlist:entry", args=[entry.reference]), 302)]
    assert "1 party who wants some of these nights is before you." in answer.content.decode()
    assert "this is no promise" in answer.content.decode()


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"email": "nobody"}, "email"),
        ({"rooms": 3}, "adults"),
        ({"adults": 5}, "rooms"),
        ({"flexible_days": 8}, "flexible_days"),
        ({"max_total": "0"}, "max_total"),
    ],
)
def test_what_cannot_be_is_said_at_its_field(
    house: Hotel, client: Client, change: dict[str, object], field: str
) -> None:
    sold_out(house)

    answer = client.post(join_url(house), asked(house, **change))

    assert (answer.status_code, list(answer.context["form"].errors)) == (422, [field])
    assert WaitlistEntry.objects.count() == 0


def test_who_could_book_is_told_so(house: Hotel, client: Client) -> None:
    answer = client.post(join_url(house), asked(house))

    assert (answer.status_code, WaitlistEntry.objects.count()) == (409, 0)
    assert "You need not wait" in answer.content.decode()


def test_nobody_waits_twice_for_the_same(house: Hotel, client: Client) -> None:
    sold_out(house)
    client.post(join_url(house), asked(house))

    answer = client.post(join_url(house), asked(house, email="ADA@example.com"))

    assert (answer.status_code, WaitlistEntry.objects.count()) == (409, 1)


def test_the_token_opens_the_entry_and_leaves_the_address(house: Hotel, client: Client) -> None:
    sold_out(house)
    entry = waiting(house)
    url = reverse("waitlist:entry", args=[entry.reference])

    assert client.get(url).status_code == 404
    assert client.get(f"{url}?token=wrong").status_code == 404
    answer = client.get(f"{url}?token={entry_token_of(entry)}")
    assert (answer.status_code, answer["Location"]) == (302, url)
    assert client.get(url).status_code == 200


def test_leaving(house: Hotel, client: Client) -> None:
    sold_out(house)
    entry = waiting(house)
    url = reverse("waitlist:entry", args=[entry.reference])
    client.get(f"{url}?token={entry_token_of(entry)}")

    answer = client.post(url, follow=True)

    entry.refresh_from_db()
    assert (entry.status, answer.status_code) == ("left", 200)
    assert "You wait no more" in answer.content.decode()


def test_looking_at_an_offer_changes_nothing_and_a_stranger_sees_nothing(
    house: Hotel, client: Client
) -> None:
    offer = offer_for(house)
    url = reverse("waitlist:offer", args=[offer.reference])

    assert client.get(url).status_code == 404
    assert client.post(url, {"answer": "accept"}).status_code == 404
    answer = client.get(f"{url}?token={offer_token_of(offer)}&answer=accept", follow=True)

    offer.refresh_from_db()
    assert (answer.status_code, answer.redirect_chain) == (200, [(f"{url}?answer=accept", 302)])
    assert offer.status == "open"


def test_accepting_from_the_mail_confirms_where_nothing_is_due(house: Hotel, client: Client) -> None:
    offer = offer_for(house)
    url = reverse("waitlist:offer", args=[offer.reference])
    client.get(f"{url}?token={offer_token_of(offer)}")

    answer = client.post(url, {"answer": "accept"}, follow=True)

    assert answer.redirect_chain == [(reverse("bookings:detail", args=[offer.booking.reference]), 302)]
    offer.booking.refresh_from_db()
    assert offer.booking.status == "confirmed"


def test_accepting_leads_to_payment_where_something_is_due(client: Client) -> None:
    offer = offer_for(hotel(rooms=1, nights=8, deposit="percent", deposit_value=30))
    url = reverse("waitlist:offer", args=[offer.reference])
    client.get(f"{url}?token={offer_token_of(offer)}")

    answer = client.post(url, {"answer": "accept"}, follow=True)

    assert answer.redirect_chain == [(reverse("bookings:pay", args=[offer.booking.reference]), 302)]
    assert client.get(url).status_code == 410


def test_declining(house: Hotel, client: Client) -> None:
    offer = offer_for(house, any_room=True)
    url = reverse("waitlist:offer", args=[offer.reference])
    client.get(f"{url}?token={offer_token_of(offer)}")

    client.post(url, {"answer": "wait"})

    offer.refresh_from_db()
    assert (offer.status, offer.entry.status) == ("declined", "waiting")


def test_from_the_entry_one_gets_to_the_offer(house: Hotel, client: Client) -> None:
    offer = offer_for(house)
    url = reverse("waitlist:entry", args=[offer.entry.reference])

    client.get(f"{url}?token={entry_token_of(offer.entry)}", follow=True)

    assert client.get(reverse("waitlist:offer", args=[offer.reference])).status_code == 200


@pytest.mark.parametrize("path", ["/my/waitlist/", "/my/"])
def test_lists_cost_the_same_at_one_and_at_twenty(path: str, client: Client, at: datetime) -> None:
    user = UserFactory.create()
    client.force_login(user)
    counts = []
    for rows in (1, 19):
        for _row in range(rows):
            house = hotel(rooms=1, nights=4)
            booking = sold_out(house)[0]
            waiting(house, user=user)
            booking_cancel(booking_id=booking.pk, actor=None)
        offers_make(at=at)
        client.get(path)
        with CaptureQueriesContext(connection) as captured:
            answer = client.get(path)
        assert answer.status_code == 200
        counts.append(len(captured))
    assert WaitlistOffer.objects.filter(status="open").count() == 20
    assert counts[0] == counts[1]
    assert "See the offer" in answer.content.decode()


def test_the_list_comes_in_pages(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("waitlist.views.entries.ENTRIES_PER_PAGE", 1)
    user = UserFactory.create()
    client.force_login(user)
    names = []
    for _row in range(2):
        house = hotel(rooms=1, nights=4)
        sold_out(house)
        waiting(house, user=user)
        names.append(house.property.name)

    pages = [client.get("/my/waitlist/", {"page": number}).content.decode() for number in (1, 2)]

    assert [[name in page for name in names] for page in pages] == [[True, False], [False, True]]
    assert "?page=2" in pages[0]


def test_the_list_is_for_who_is_logged_in(client: Client) -> None:
    assert client.get("/my/waitlist/")["Location"].startswith("/account/login/")
