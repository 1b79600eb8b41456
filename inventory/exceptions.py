"""What inventory refuses, and which constraints stand behind it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.utils.translation import gettext_lazy as _

from core.exceptions import Conflict, DomainError, NotFound, ValidationFailed, register_constraint
from inventory.types import Quote, Reason


class InventoryError(DomainError):
    """A refusal of the inventory (409)."""

    code = "inventory_error"
    http_status = 409


class SoldOut(InventoryError):
    """Not enough free rooms on some nights; ``data["nights"]`` names them."""

    code = "sold_out"
    message = _("There are not enough rooms left for these dates.")

    @classmethod
    def on_nights(cls, nights: Iterable[date], *, room_type_id: int, rooms: int) -> SoldOut:
        return cls(
            data={
                "nights": [night.isoformat() for night in sorted(nights)],
                "room_type_id": room_type_id,
                "rooms": rooms,
            }
        )


class StayNotSellable(InventoryError):
    """A restriction forbids the stay; the code is the reason's."""

    code = "stay_not_sellable"
    message = _("This stay cannot be booked.")

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason.message, code=reason.code, data=dict(reason.data))
        self.reason = reason


class QuoteChanged(InventoryError):
    """The price is not the one that was expected; ``data["quote"]`` is the current one."""

    code = "quote_changed"
    message = _("The price has changed. Please check the new price.")

    def __init__(self, quote: Quote) -> None:
        super().__init__(data={"quote": quote.as_json()})
        self.quote = quote


class UnknownRatePlan(ValidationFailed):
    """There is no such rate plan for this room type."""

    code = "unknown_rate_plan"
    message = _("This room is not sold at that rate.")


class UnknownRoomType(NotFound):
    """There is no such room type, or it is not sold."""

    code = "unknown_room_type"
    message = _("This room could not be found.")


class InventoryBelowSold(Conflict):
    """Fewer rooms than are sold, held and blocked; ``data["nights"]`` names the nights."""

    code = "inventory_below_sold"
    message = _("More rooms than that are sold, held or blocked on some nights.")


class NightsMissing(Conflict):
    """Some nights are beyond the horizon of the inventory; ``data["nights"]`` names them."""

    code = "nights_missing"
    message = _("Some of these nights are not in the inventory yet.")


class NightsNotHeld(Conflict):
    """Fewer rooms are held or sold on some nights than are to be freed: a defect or a repeated call."""

    code = "nights_not_held"
    message = _("These nights have been freed already.")


class DatesTaken(Conflict):
    """There is such a row for these dates already."""

    code = "already_exists"
    message = _("There is an entry for this already.")


class CalendarTaken(Conflict):
    """The room type reads this calendar already."""

    code = "calendar_taken"
    message = _("This room type has this calendar already.")


class BlockOfCalendar(Conflict):
    """The block follows an event of an outside calendar."""

    code = "block_of_calendar"
    message = _("These rooms are blocked by another channel. Change it there, or remove the calendar.")


class BlockOfRoom(Conflict):
    """The block belongs to a closure of a room, or to a guest who has a room of another type."""

    code = "block_of_room"
    message = _("This room is blocked by the tape chart. Change it there.")


class RoomUnknown(NotFound):
    """There is no such room in this house."""

    code = "unknown_room"
    message = _("This room could not be found.")


class ClosureNotFound(NotFound):
    """There is no such closure."""

    code = "closure_not_found"


class ClosureOverlaps(Conflict):
    """The room is closed on some of these nights already."""

    code = "closure_overlaps"
    message = _("This room is closed on some of these nights already.")


class NothingToChange(ValidationFailed):
    """The nights chosen say that already, or have nothing to start from."""

    code = "nothing_to_change"
    message = _("This changes nothing: the nights have these prices already, or none to start from.")


class CellsMoved(Conflict):
    """Some of what was shown has changed since; ``data["cells"]`` counts them. Look again (409)."""

    code = "cells_moved"
    message = _("Somebody changed some of these prices in the meantime. Please look again.")


class EditNotOpen(Conflict):
    """The change was applied, taken back or thrown away before (409)."""

    code = "edit_not_open"
    message = _("This change was applied or taken back already.")


register_constraint("closure_room_once", ClosureOverlaps)
register_constraint("external_calendar_once", CalendarTaken)
register_constraint("inventory_available_not_negative", SoldOut)
register_constraint("special_day_unique", DatesTaken)
register_constraint("rate_plan_type_date_unique", DatesTaken)
register_constraint("room_number_unique", DatesTaken)
register_constraint("room_type_code_unique", DatesTaken)
register_constraint("rate_plan_code_unique", DatesTaken)
