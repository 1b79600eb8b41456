"""Which stays, profiles and bills are somebody's.

A stay leads to the profile the house keeps of its guest, and a profile to the other stays, also those with another
address that staff found to be the same person's. A profile that others' stays point to as well is not followed.
"""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Exists, OuterRef, Q

from accounts.models import User
from accounts.privacy import Person, finds
from accounts.privacy.finding import resolves_reference
from bookings.models import Booking, Guest, SpaceBooking, SpaceSeries, Trip
from core.models import IdempotencyKey
from core.references import reference_normalise
from notifications.models import DomainEvent, Notification

BOOKING, GUEST, SPACE, SERIES, TRIP = (
    "bookings.booking",
    "bookings.guest",
    "bookings.spacebooking",
    "bookings.spaceseries",
    "bookings.trip",
)
ROUNDS = 5
"""So often stays lead to profiles and back; a chain that is longer is nobody's."""


def stays_and_profiles(person: Person) -> tuple[set[int], set[int]]:
    """The keys of all stays and profiles of a person. A few queries."""
    known = person.memo.get("stays")
    if known is not None:
        stays, profiles = known
        return stays, profiles
    mine = person.by_user("user") | person.by_email("guest_email") | Q(pk__in=person.seeds(BOOKING))
    stays = set(Booking.objects.filter(mine).order_by().values_list("pk", flat=True))
    by_address = person.by_email("email") | Q(pk__in=person.seeds(GUEST))
    profiles = set(Guest.objects.filter(by_address).order_by().values_list("pk", flat=True))
    for _round in range(ROUNDS):
        before = len(stays), len(profiles)
        stays |= set(Booking.objects.filter(guest__in=profiles).order_by().values_list("pk", flat=True))
        others = Booking.objects.filter(guest=OuterRef("pk")).exclude(pk__in=stays)
        own = Q(bookings__in=stays) & ~Q(Exists(others))
        merged = Q(merged_into__in=profiles) | Q(merged__in=profiles)
        profiles |= set(Guest.objects.filter(own | merged).order_by().values_list("pk", flat=True))
        if before == (len(stays), len(profiles)):
            break
    person.memo["stays"] = stays, profiles
    return stays, profiles


@finds(BOOKING)
def _stays(person: Person) -> Iterable[int]:
    return stays_and_profiles(person)[0]


@finds(GUEST)
def _profiles(person: Person) -> Iterable[int]:
    return stays_and_profiles(person)[1]


@finds("payments.folio")
def folios_of(person: Person) -> Iterable[int]:
    """The bills of the person's stays, spaces and journeys; a group's is the group's."""
    for model, rows in ((Booking, BOOKING), (SpaceBooking, SPACE), (SpaceSeries, SERIES), (Trip, TRIP)):
        found = model._default_manager.filter(pk__in=person.keys(rows), folio__isnull=False)
        yield from found.order_by().values_list("folio_id", flat=True)


def references_of(person: Person) -> list[str]:
    """The references of all the person's bookings."""
    stays = Booking.objects.filter(pk__in=person.keys(BOOKING)).order_by()
    spaces = SpaceBooking.objects.filter(pk__in=person.keys(SPACE)).order_by()
    return [*stays.values_list("reference", flat=True), *spaces.values_list("reference", flat=True)]


@finds("notifications.notification")
def messages_of(person: Person) -> Iterable[int]:
    """Messages that tell anybody of the person's bookings, staff too: they say who comes. Reads the whole table."""
    wanted = Q()
    for reference in references_of(person):
        wanted |= Q(context__icontains=f'"{reference}"')
    return Notification.objects.filter(wanted).order_by().values_list("pk", flat=True) if wanted else ()


@finds("notifications.domainevent")
def events_of(person: Person) -> Iterable[int]:
    """Events about the person's reviews, which say the words and the first name."""
    subjects = [f"booking:{reference}" for reference in references_of(person)]
    told = DomainEvent.objects.filter(subject__in=subjects, type__startswith="review.")
    return told.order_by().values_list("pk", flat=True)


@finds("core.idempotencykey")
def answers_of(person: Person) -> Iterable[int]:
    """Answers to programs that have one of the person's bookings in them."""
    wanted = Q()
    for reference in references_of(person):
        wanted |= Q(response_body__contains=f'"{reference}"')
    return IdempotencyKey.objects.filter(wanted).order_by().values_list("pk", flat=True) if wanted else ()


@resolves_reference
def person_of_booking(reference: str) -> Person | None:
    """The guest of a booking or of a space's booking: their address, or this booking alone where it has none."""
    reference = reference_normalise(reference)
    stay = Booking.objects.filter(reference=reference).first()
    space = None if stay else SpaceBooking.objects.filter(reference=reference).first()
    found = stay or space
    if found is None:
        return None
    model = BOOKING if stay else SPACE
    emails = [found.guest_email] if found.guest_email else []
    account = User.objects.filter(email__iexact=found.guest_email).first() if found.guest_email else None
    return Person(user_id=account.pk if account else None, emails=emails, rows={model: [found.pk]})
