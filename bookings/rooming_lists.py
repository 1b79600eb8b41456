"""Rooming lists: read from a spreadsheet, checked line by line, and written for the house. No queries."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext as _

from bookings.group_types import GroupRoom, RoomingLine
from bookings.models import Booking, Group
from core.tabular import Column, Table, rows_read
from core.tabular.parsing import CellWrong, cell_parsed
from inventory.models import RoomType

LINES_MAX = 500
COLUMNS = ("name", "email", "room type", "arrival", "departure", "room sharing", "requests")
NEEDED = ("name", "room type")
BOOKING = "booking"
"""The column of a list from the house that names the booking of a room."""


def rooming_lines(file: Any, *, group: Group, room_types: Mapping[str, int]) -> list[RoomingLine]:
    """Read a list and say of each line what is wrong. ``room_types`` has ids by code and name, in lower case.

    Without dates a guest stays as long as the group. Raises `FileUnreadable`, `FileTooLarge`.
    """
    lines = []
    columns = [Column(name, name) for name in (*COLUMNS, BOOKING)]
    for row in rows_read(file, columns=columns, headings=NEEDED, max_rows=LINES_MAX):
        errors: list[str] = []
        line = RoomingLine(
            number=row.line,
            name=(row.get("name") or "").strip(),
            email=(row.get("email") or "").strip(),
            room_type=(row.get("room type") or "").strip(),
            arrival=_day(row.get("arrival"), group.arrival, errors),
            departure=_day(row.get("departure"), group.departure, errors),
            sharing=row.get("room sharing") or "",
            requests=row.get("requests") or "",
            booking=(row.get(BOOKING) or "").strip().upper(),
        )
        lines.append(_checked(line, room_types, errors))
    return lines


def _day(text: str | None, default: date, errors: list[str]) -> date | None:
    try:
        found: date | None = cell_parsed(text or "", Column("day", "day", "date"))
    except CellWrong as error:
        errors.append(str(error))
        return None
    return found or default


def rooming_rooms(
    lines: Iterable[RoomingLine], *, room_types: Mapping[str, int]
) -> tuple[list[GroupRoom], list[str]]:
    """The rooms that clean lines make, and what does not fit together: who shares a room has the same type and dates.

    Each room has a key made of what it is, so that the same list is booked once; equal rooms are told apart by number.
    """
    shared: dict[str, list[RoomingLine]] = {}
    for line in lines:
        shared.setdefault(line.sharing.strip().lower() or f"line {line.number}", []).append(line)
    rooms, problems = [], []
    seen: Counter[str] = Counter()
    for sharers in shared.values():
        first = sharers[0]
        problems += [
            _("Line %(line)d shares a room with line %(other)d, but has another room type or other dates.")
            % {"line": line.number, "other": first.number}
            for line in sharers[1:]
            if _what(line, room_types) != _what(first, room_types)
        ]
        assert first.arrival is not None
        assert first.departure is not None
        text = "|".join([*_what(first, room_types), *(line.name.lower() for line in sharers)])
        seen[text] += 1
        key = hashlib.sha256(f"{text}|{seen[text]}".encode()).hexdigest()[:24]
        rooms.append(
            GroupRoom(
                room_type_id=room_types[first.room_type.strip().lower()],
                arrival=first.arrival,
                departure=first.departure,
                guests=tuple(line.name for line in sharers),
                email=next((line.email for line in sharers if line.email), ""),
                requests="\n".join(line.requests for line in sharers if line.requests),
                key=key,
            )
        )
    return rooms, problems


def rooming_listed(
    lines: Sequence[RoomingLine], *, references: Collection[str]
) -> tuple[list[RoomingLine], list[RoomingLine]]:
    """All lines, with what is wrong with the bookings they name, and those that make a room: that name none.

    ``references``: of the bookings of the group.
    """
    checked, new = [], []
    taken = {line.sharing.strip().lower() for line in lines if line.booking and line.sharing.strip()}
    for line in lines:
        if line.booking and line.booking not in references:
            text = _("The group has no booking “%(reference)s”.") % {"reference": line.booking}
            checked.append(replace(line, errors=(*line.errors, text)))
        elif not line.booking and line.sharing.strip().lower() in taken:
            text = _("The room that is shared is booked already: please change its booking instead.")
            checked.append(replace(line, errors=(*line.errors, text)))
        else:
            checked.append(line)
        if not line.booking:
            new.append(line)
    return checked, new


def rooming_table(bookings: Iterable[Booking]) -> Table:
    """The rooming list of a group, as it can be imported again."""
    headings = [*COLUMNS, BOOKING, "status"]
    return Table(
        columns=[
            Column(heading, heading, "date" if heading in ("arrival", "departure") else "text")
            for heading in headings
        ],
        rows=(
            (
                booking.guest_name,
                booking.guest_email,
                booking.room_type.code,
                booking.arrival,
                booking.departure,
                "",
                booking.special_requests,
                booking.reference,
                booking.status,
            )
            for booking in bookings
        ),
    )


def room_types_by_name(room_types: Iterable[RoomType]) -> dict[str, int]:
    """Ids of room types by what a list may call them: code or name, in lower case."""
    found: dict[str, int] = {}
    for room_type in room_types:
        found[room_type.name.lower()] = room_type.pk
        found[room_type.code.lower()] = room_type.pk
    return found


def _checked(line: RoomingLine, room_types: Mapping[str, int], errors: list[str]) -> RoomingLine:
    if not line.name.strip():
        errors.append(_("The name is missing."))
    if line.email:
        try:
            validate_email(line.email)
        except ValidationError:
            errors.append(_("This is not an e-mail address."))
    if not line.room_type:
        errors.append(_("The room type is missing."))
    elif line.room_type.lower() not in room_types:
        errors.append(_("The house has no room type “%(name)s”.") % {"name": line.room_type})
    if line.arrival and line.departure and line.departure <= line.arrival:
        errors.append(_("The departure must be after the arrival."))
    return replace(line, errors=tuple(errors))


def _what(line: RoomingLine, room_types: Mapping[str, int]) -> tuple[str, str, str]:
    """What those who share a room have in common: its type, however it is called, and the dates."""
    return (str(room_types[line.room_type.strip().lower()]), _iso(line.arrival), _iso(line.departure))


def _iso(day: date | None) -> str:
    return day.isoformat() if day else ""
