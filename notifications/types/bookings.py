"""What messages about a stay hold."""

from __future__ import annotations

from typing import TypedDict

from .houses import PropertyContext


class StayContext(TypedDict):
    """What was booked: the nights ``[arrival, departure)``."""

    arrival: str
    departure: str
    nights: int
    rooms: int
    adults: int
    children_ages: list[int]
    room_type: str
    rate_plan: str
    board: str  # label, such as "Breakfast included"; "" if the rate plan's name says it all
    arrival_time: str  # expected arrival "18:30"; "" if not told
    special_requests: str


class LineContext(TypedDict):
    """One line of the price, as quoted."""

    kind: str  # of the quote's line kinds: room, special_day, member_discount, tax ...
    label: str
    date: str | None
    amount: str
    is_included: bool  # informative: already part of another line


class CancellationStepContext(TypedDict):
    """Cancelling before ``until`` costs ``fee``; the last step has no ``until`` and lasts to the arrival."""

    until: str | None
    fee: str


class BookingContext(TypedDict):
    """What every message about a booking holds."""

    reference: str
    guest_name: str
    url: str  # absolute address of the booking's page, with its access token
    property: PropertyContext
    stay: StayContext
    currency: str


class BookingHeldContext(BookingContext):
    """Rooms are kept, and money is needed before they are sold."""

    total: str
    due_now: str  # to be paid now
    hold_expires_at: str
    pay_url: str  # absolute address of the payment step


class BookingConfirmedContext(BookingContext):
    """The stay is sold: its price, what is paid, and what cancelling costs."""

    lines: list[LineContext]
    total: str
    paid: str  # paid until now
    due: str  # left to pay at the property
    payer: str  # the group that pays for room and taxes; "" for a guest who does
    free_until: str | None  # cancelling is free before this instant; None: it never is
    cancellation: list[CancellationStepContext]  # in order of time
    no_show_fee: str


class ChangeContext(TypedDict):
    """One thing that is different now; both sides as people read them, "" for nothing."""

    label: str
    before: str
    after: str


class BookingChangedContext(BookingContext):
    """The stay is another one; the context's ``stay`` is the new one."""

    changes: list[ChangeContext]
    total: str
    paid: str  # paid until now
    due: str  # left to pay


class BookingCancelledContext(BookingContext):
    """The stay is off."""

    total: str
    fee: str  # what is kept
    refund: str  # what goes back to the guest; "0.00" if nothing does
    cancelled_at: str


class BookingNoShowContext(BookingContext):
    """The guest did not come."""

    fee: str  # what is kept; "0.00" if nothing is


class PreArrivalContext(BookingContext):
    """The stay is near."""

    directions: str  # how to get there, as the house wrote it; "" if it did not
    check_in_url: str  # absolute address where the guest tells when they come
    due: str  # left to pay at the property


class ThankYouContext(BookingContext):
    """The stay is over."""

    review_url: str  # absolute address of the page to write a review


class ReviewRepliedContext(BookingContext):
    """The house has answered a review."""

    review_url: str
    reply: str  # what it wrote, plain text
