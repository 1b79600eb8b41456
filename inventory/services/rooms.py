"""Physical rooms."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from core.exceptions import Conflict, translate_integrity_errors
from inventory.models import Room, RoomType


class RoomNumbersTaken(Conflict):
    """Some of the numbers exist in this house; ``data["numbers"]`` names them."""

    code = "room_numbers_taken"
    message = _("Some of these rooms exist already: %(numbers)s.")


def rooms_create(*, room_type_id: int, numbers: Sequence[str], floor: str = "") -> list[Room]:
    """Add rooms of a type, all or none. What may be sold per night is not changed: that is the nightly inventory.

    Three queries. Raises ``RoomNumbersTaken``.
    """
    with translate_integrity_errors(), transaction.atomic():
        room_type = RoomType.objects.only("id", "property_id").get(pk=room_type_id)
        taken = Room.objects.filter(property_id=room_type.property_id, number__in=numbers)
        names = sorted(taken.values_list("number", flat=True))
        if names:
            text = RoomNumbersTaken.message % {"numbers": ", ".join(names)}
            raise RoomNumbersTaken(text, data={"numbers": names})
        return Room.objects.bulk_create(
            Room(property_id=room_type.property_id, room_type=room_type, number=number, floor=floor)
            for number in numbers
        )
