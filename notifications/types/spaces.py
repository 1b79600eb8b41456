"""What messages about spaces by the hour hold."""

from __future__ import annotations

from typing import TypedDict

from .houses import PropertyContext


class SpaceTimeContext(TypedDict):
    """One time that is booked: instants, shown on the clock of the house."""

    start: str
    end: str
    reference: str


class SpaceContext(TypedDict):
    """A booking of a space, or those of a series that the message is about, in order."""

    reference: str  # of the first
    guest_name: str
    url: str  # absolute address of the booking's page, with its access token
    property: PropertyContext
    space: str
    place: str  # building and floor; "" if unknown
    times: list[SpaceTimeContext]
    persons: int
    purpose: str  # "" if not told
    equipment: list[str]  # names of what was asked for
    currency: str
    total: str
    due: str  # still to pay; "0.00" if nothing is
    stay_reference: str  # on the bill of this stay; "" if it has a bill of its own
    reason: str  # of the decision, or why it was called off; "" if there is none
    until: str | None  # what is waited for has to come before this instant
    fee: str  # what is kept; "0.00" if nothing is
    refund: str  # what goes back; "0.00" if nothing does
    needs_check_in: bool
    no_show_minutes: int  # after the start the space is given away
