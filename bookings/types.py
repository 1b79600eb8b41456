"""What bookings hand in and out: guests, previews, summaries and reports. Plain data, no ORM."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, time
from decimal import Decimal
from typing import TYPE_CHECKING, Any, NamedTuple

from core.dates import StayDates, stay_asked_for
from core.exceptions import DomainError
from inventory.types import Party, Quote

if TYPE_CHECKING:
    from payments.types import FolioMoney

    from .models import Booking


@dataclass(frozen=True, slots=True)
class GuestDetails:
    """Who comes. ``country`` is ISO 3166-1 alpha-2, ``language`` the one they want to be written to in."""

    name: str
    email: str = ""
    phone: str = ""
    country: str = ""
    language: str = ""
    special_requests: str = ""
    arrival_time: time | None = None


@dataclass(frozen=True, slots=True)
class HeldBooking:
    """A booking just made, and the secret that opens it without a log-in; only its hash is stored."""

    booking: Booking
    access_token: str


@dataclass(frozen=True, slots=True)
class CancellationStep:
    """Cancelling before ``until`` costs ``fee``; the last step has no ``until`` and lasts from then on."""

    until: datetime | None
    fee: Decimal


@dataclass(frozen=True, slots=True)
class CancellationPreview:
    """What cancelling costs now. ``refund`` is what goes back of what was paid, ``due`` what is still owed.

    ``free_until`` is the end of the free period one is in, None if cancelling is not free now. ``steps`` are what it
    costs from now on, in order of time.
    """

    fee: Decimal
    refund: Decimal
    due: Decimal
    currency: str
    free_until: datetime | None
    steps: tuple[CancellationStep, ...]
    terms: dict[str, Any]


@dataclass(frozen=True, slots=True)
class PaymentOption:
    """One way to pay that a guest may choose now. ``is_guarantee``: nothing is charged before the stay."""

    gateway: str
    label: str
    purpose: str
    amount: Decimal
    currency: str
    is_guarantee: bool


@dataclass(frozen=True, slots=True)
class BookingDetails:
    """A booking with its money, and the ways to pay that are offered now."""

    booking: Booking
    money: FolioMoney
    payment_options: tuple[PaymentOption, ...]


@dataclass(frozen=True, slots=True)
class GuestRegistration:
    """What one guest writes on the registration card. ``position`` 1 is the guest who booked.

    ``document_kind`` is one of ``bookings.models.DocumentKind`` or empty; countries are ISO 3166-1 alpha-2.
    """

    name: str
    address: str = ""
    nationality: str = ""
    birth_date: date | None = None
    document_kind: str = ""
    document_number: str = ""
    is_signed: bool = False
    position: int = 1


@dataclass(frozen=True, slots=True)
class BookingSummary:
    """A line of "my bookings". No contact data: it is kept in the shared cache."""

    reference: str
    status: str
    property_id: int
    property_name: str
    property_slug: str
    city: str
    country: str
    time_zone: str
    room_type_name: str
    rate_plan_name: str
    arrival: date
    departure: date
    rooms: int
    adults: int
    children: int
    total: Decimal
    balance: Decimal
    currency: str
    hold_expires_at: datetime | None
    created_at: datetime
    trip_id: int | None = None
    is_reviewed: bool = False

    @property
    def nights(self) -> int:
        return (self.departure - self.arrival).days


@dataclass(frozen=True, slots=True)
class BookingPage:
    """One page of a user's bookings. ``total`` counts all pages; ``page`` starts at 1."""

    items: tuple[BookingSummary, ...]
    total: int
    page: int
    page_size: int

    @property
    def pages(self) -> int:
        return max(1, -(-self.total // self.page_size))

    @property
    def has_next(self) -> bool:
        return self.page < self.pages

    @property
    def has_previous(self) -> bool:
        return self.page > 1


@dataclass(frozen=True, slots=True)
class InventoryDifference:
    """A night whose inventory does not say what bookings and blocks say. None: there is no such night at all."""

    property_name: str
    room_type_id: int
    room_type_code: str
    date: date
    held: int | None
    held_expected: int
    sold: int | None
    sold_expected: int
    blocked: int | None
    blocked_expected: int


@dataclass(slots=True)
class BookingsReconcileReport:
    """What one run repaired, by reference; ``errors`` are what it could not."""

    confirmed: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    refunded: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class StayChange:
    """What a stay is to become: all of it, also what stays as it is. `bookings.changes.stay_change_from` makes one.

    The rest is for staff. ``nightly_override`` is the price of each night of each room, in the booking's currency, and
    needs ``override_reason``, as does ``ignore_restrictions``. ``reprice`` gives all nights today's price.
    ``pay_first`` keeps the change waiting until the guest has paid the difference, which else is owed on the folio.
    """

    arrival: date
    departure: date
    room_type_id: int
    rate_plan_id: int
    party: Party
    nightly_override: Decimal | None = None
    override_reason: str = ""
    ignore_restrictions: bool = False
    reprice: bool = False
    waive_fee: bool = False
    pay_first: bool = False

    @property
    def stay(self) -> StayDates:
        """The nights. Raises `InvalidStay`."""
        return stay_asked_for(self.arrival, self.departure)


class ChangeNight(NamedTuple):
    """What all rooms cost on a night before and after a change; None where the stay has no such night."""

    date: date
    before: Decimal | None
    after: Decimal | None


@dataclass(frozen=True, slots=True)
class ChangePreview:
    """What a change comes to, to the cent: exactly what `booking_change` does at the same instant.

    Totals are those of the stay with its taxes; ``difference`` is ``after_total - before_total``. ``fee`` (what the
    policy charges for the change, and what it keeps of nights given up) comes on top. ``paid`` is what the guest has
    paid by now, ``due_now`` what is paid before the change is done, ``refund`` what goes back when it is, ``owed`` what
    is left to pay on the folio afterwards. With a ``refusal`` nothing can be done; the figures are then those of the
    change if it were allowed, or, without a ``quote``, of the stay as it is.
    """

    before_total: Decimal
    after_total: Decimal
    difference: Decimal
    nights: tuple[ChangeNight, ...]
    fee: Decimal
    change_fee: Decimal
    kept_fee: Decimal
    paid: Decimal
    due_now: Decimal
    refund: Decimal
    owed: Decimal
    currency: str
    version: int
    refusal: DomainError | None
    quote: Quote | None

    @property
    def is_pending(self) -> bool:
        """Whether the change waits for a payment."""
        return self.due_now > 0
