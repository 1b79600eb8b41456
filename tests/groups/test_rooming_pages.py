"""The page of rooming lists: what is wrong stands where it is seen, and what is booked is not offered again."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from .conftest import group_kept

pytestmark = pytest.mark.django_db


def test_a_list_is_refused_read_and_booked_once(house, clerk):
    group = group_kept(house, clerk, rooms=3)
    client = Client()
    client.force_login(clerk)
    address = reverse("admin:bookings_group_rooming", args=[group.pk])

    def look(*lines, **more):
        file = SimpleUploadedFile("list.csv", "\n".join(lines).encode())
        return client.post(address, {"file": file, **more})

    head, code = "name,room type,room sharing", house.room_type.code
    other = look("guest,kind", "Ana Reis,double")
    assert other.status_code == 422
    assert "these are missing: name, room type." in other.content.decode()
    wrong = look(head, "Ana Reis,,").content.decode()
    assert "The room type is missing." in wrong
    assert wrong.index("What is wrong") < wrong.index("Departure")
    good = (head, f"Ana Reis,{code},1", f"Rui Reis,{code},1", f"Eva Lind,{code},")
    clean = look(*good).content.decode()
    assert "What is wrong" not in clean
    assert "Book every room" in clean
    assert look(*good, book="1").status_code == 302
    assert group.bookings.count() == 2
    assert "Book every room" not in look(*good).content.decode()
    listed = client.get(reverse("admin:bookings_group_rooming_list", args=[group.pk]), {"format": "csv"})
    again = look(listed.content.decode())
    assert "2 rooms, 2 of them booked already" in again.content.decode()
    more = [*listed.content.decode().splitlines(), f"Zoe Hall,,{code},,,,,,"]
    assert look(*more, book="1").status_code == 302
    assert sorted(group.bookings.values_list("guest_name", flat=True)) == ["Ana Reis", "Eva Lind", "Zoe Hall"]
    foreign = look(f"{head},booking", f"Ana Reis,{code},,NOSUCH22").content.decode()
    assert "The group has no booking “NOSUCH22”." in foreign
    mine = group.bookings.get(guest_name="Eva Lind").reference
    shares = look(f"{head},booking", f"Eva Lind,{code},1,{mine}", f"Jo Lind,{code},1,").content.decode()
    assert "please change its booking instead" in shares
