"""Every report there is, by its key: what it is called, how its figures are made, and what it can be asked."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from django.utils.translation import gettext_lazy as _

from bookings.models import BookingChannel

from .report import Parameter, Report
from .selectors.arrivals import arrivals
from .selectors.building import PART_CHOICES
from .selectors.distributions import lead_time, length_of_stay
from .selectors.forecast import forecast
from .selectors.money import balances, payments
from .selectors.occupancy import occupancy
from .selectors.pickup import pace, pickup
from .selectors.refunds import refunds
from .selectors.revenue import revenue
from .selectors.stays import bookings, cancellations
from .selectors.taxes import taxes
from .selectors.waiting import waitlist
from .types import Text

USALI = _("Uniform System of Accounts for the Lodging Industry, 11th revised edition")
STR = _("STR: A guide to our terminology and definitions")
LEDGER = _("the ledger of the house")

ROOM_TYPE = ("room_type", _("Room type"))
PROPERTY = ("property", _("Property"))
LARGEST_ID = 2**63 - 1
DIMENSION_CHOICES: tuple[tuple[str, Text], ...] = (
    ROOM_TYPE,
    ("rate_plan", _("Rate plan")),
    ("channel", _("Channel")),
    ("segment", _("Market segment")),
    ("country", _("Country")),
    PROPERTY,
)
DAY_CHOICES: tuple[tuple[str, Text], ...] = (
    ("arrival", _("Arrival")),
    ("departure", _("Departure")),
    ("booked", _("Booked on")),
)


def _by(default: str, *choices: tuple[str, Text]) -> Parameter:
    return Parameter("by", _("By"), default, (*PART_CHOICES, *choices))


DAY = Parameter("day", _("Counted by"), "arrival", DAY_CHOICES)
ALIGN = Parameter(
    "align",
    _("Last year by"),
    "weekdays",
    (("weekdays", _("same weekdays last year")), ("dates", _("same dates last year"))),
)
WHICH = Parameter("which", _("Which"), "all", (("all", _("all bookings")), ("stayed", _("stays only"))))

ONLY_ROOM_TYPE = Parameter("room_type", _("Room type"), 0, maximum=LARGEST_ID)
ONLY: tuple[Parameter, ...] = (
    ONLY_ROOM_TYPE,
    Parameter("rate_plan", _("Rate plan"), 0, maximum=LARGEST_ID),
    Parameter("channel", _("Channel"), "", (("", _("All")), *BookingChannel.choices)),
)
"""Only bookings of one room type, rate plan or channel; 0 and nothing mean all."""


def _revenue(dimension: str, title: Text) -> Report:
    return Report(
        key=f"revenue_{dimension}",
        title=title,
        description=_("Where the revenue of the nights comes from, with room nights and average rate."),
        formula=_(
            "Room revenue: the nights' prices as sold, without taxes. ADR = room revenue / room nights. "
            "Share = room revenue / room revenue of all."
        ),
        source=USALI,
        function=revenue,
        parameters=ONLY,
        given={"dimension": dimension},
    )


_ALL = (
    Report(
        key="occupancy",
        title=_("Occupancy, ADR and RevPAR"),
        description=_("How full the house is, and what a room earns."),
        formula=_(
            "Available = rooms - out of order. Occupancy = sold / available. ADR = room revenue / sold. "
            "RevPAR = room revenue / available."
        ),
        source=STR,
        function=occupancy,
        parameters=(_by("day", ROOM_TYPE, PROPERTY), ONLY_ROOM_TYPE),
        reads_days=True,
    ),
    _revenue("room_type", _("Revenue by room type")),
    _revenue("rate_plan", _("Revenue by rate plan")),
    _revenue("channel", _("Revenue by channel")),
    _revenue("segment", _("Revenue by market segment")),
    _revenue("country", _("Revenue by country")),
    Report(
        key="pickup",
        title=_("Pick-up"),
        description=_("What the last days brought for the nights of the period, and the same last year."),
        formula=_("Pick-up = on the books now - on the books so many days ago."),
        source=_("HSMAI: pick-up as revenue managers use it"),
        function=pickup,
        parameters=(
            Parameter("days", _("Days"), 7, minimum=1, maximum=365),
            _by("day"),
            ALIGN,
        ),
        compares=False,
    ),
    Report(
        key="pace",
        title=_("Pace"),
        description=_("What is on the books, and what was as long before the same nights last year."),
        formula=_("Difference = on the books now - on the books at the same lead last year."),
        source=_("HSMAI: booking pace as revenue managers use it"),
        function=pace,
        parameters=(_by("day"), ALIGN),
        compares=False,
    ),
    Report(
        key="forecast",
        title=_("Forecast"),
        description=_("What the nights to come will probably come to, from what is on the books."),
        formula=_(
            "Forecast = on the books + the mean of what the same weekday of the last eight weeks still picked up "
            "from the same lead on. Its error four weeks ago stands below."
        ),
        source=_("Weatherford and Kimes, International Journal of Forecasting 19 (2003), 401-415"),
        function=forecast,
        compares=False,
    ),
    Report(
        key="arrivals",
        title=_("Arrivals by day"),
        description=_("Who comes, who goes and who is in the house."),
        formula=_("Rooms staying on = rooms occupied - rooms arriving."),
        source=USALI,
        function=arrivals,
        reads_days=True,
    ),
    Report(
        key="bookings",
        title=_("Booking statistics"),
        description=_("How many bookings, what they came to, how long and how early."),
        formula=_(
            "ADR = room revenue / room nights of stays. Average length = nights / bookings. Average per stay = "
            "total with taxes / stays."
        ),
        source=USALI,
        function=bookings,
        parameters=(
            Parameter("by", _("By"), "status", (("status", _("Status")), *PART_CHOICES, *DIMENSION_CHOICES)),
            DAY,
            *ONLY,
        ),
        group="bookings",
    ),
    Report(
        key="lead_time",
        title=_("Lead time"),
        description=_("How long before the arrival bookings are made."),
        formula=_("Lead time = day of arrival - day of the booking."),
        source=_("Antonio, Almeida and Nunes, Data in Brief 22 (2019)"),
        function=lead_time,
        parameters=(WHICH, *ONLY),
        group="bookings",
    ),
    Report(
        key="length_of_stay",
        title=_("Length of stay"),
        description=_("How many nights bookings are for."),
        formula=_("Length of stay = departure - arrival. Mean = nights / bookings."),
        source=USALI,
        function=length_of_stay,
        parameters=(WHICH, *ONLY),
        group="bookings",
    ),
    Report(
        key="cancellations",
        title=_("Cancellations and no-shows"),
        description=_("How many bookings fell through, and what that cost."),
        formula=_(
            "Cancellation rate = cancelled / bookings. No-show rate = no-shows / bookings. Lost in the end = room "
            "revenue lost - fees kept."
        ),
        source=USALI,
        function=cancellations,
        parameters=(_by("month", *DIMENSION_CHOICES), DAY, *ONLY),
        group="bookings",
    ),
    Report(
        key="waitlist",
        title=_("Waitlist conversion"),
        description=_("What became of those who waited for a room."),
        formula=_("Conversion = booked / joined."),
        source=_("the waitlist of the house"),
        function=waitlist,
        parameters=(_by("month", ROOM_TYPE),),
        group="bookings",
        is_cached=False,
    ),
    Report(
        key="balances",
        title=_("Deposits and balances"),
        description=_("What guests still owe, what is to be given back, and which deposits are missing."),
        formula=_("Still to pay = charged - paid, folio by folio."),
        source=LEDGER,
        function=balances,
        parameters=(_by("month"),),
        group="money",
        is_cached=False,
    ),
    Report(
        key="taxes",
        title=_("Taxes and city tax due"),
        description=_("Taxes of the stays that end in the period, by name."),
        formula=_("Tax due = tax entries of the folios that stand + taxes included in the prices as sold."),
        source=LEDGER,
        function=taxes,
        group="money",
        is_cached=False,
    ),
    Report(
        key="payments",
        title=_("Payments by method"),
        description=_("Money received and given back, by the day it was posted."),
        formula=_("Remains = received - refunded - withdrawn by banks."),
        source=LEDGER,
        function=payments,
        group="money",
        is_cached=False,
    ),
    Report(
        key="refunds",
        title=_("Refunds"),
        description=_("Money on its way back to guests, and what became of it."),
        formula=_("By the day the refund was decided on: refunded, pending and failed."),
        source=LEDGER,
        function=refunds,
        parameters=(_by("month"),),
        group="money",
        is_cached=False,
    ),
)

REPORTS: Mapping[str, Report] = MappingProxyType({report.key: report for report in _ALL})
"""By key, in the order they are listed."""
