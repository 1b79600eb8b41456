"""The people of the demo: guests with and without a membership's discount, staff of every role, and the chain."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from accounts.models import Membership, MembershipTier, PropertyStaff, StaffRole, User
from accounts.services import user_create

DEMO_PASSWORD = "Blue-Lantern-42"  # noqa: S105 - everybody may know it: the demo is refused in production
TIERS = (("member", "Member", 0), ("silver", "Silver", 5), ("gold", "Gold", 10))


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoPerson:
    """Somebody who can log in. ``workplace`` is the slug of the property where they have ``role``."""

    email: str
    full_name: str
    what: str
    country: str = "PT"
    language: str = "en"
    tier: str | None = None
    workplace: str = ""
    role: StaffRole | None = None
    is_superuser: bool = False


GUESTS = (
    DemoPerson(
        email="anna@guest.example",
        full_name="Anna Brandt",
        what="guest, gold member (10 % off)",
        country="DE",
        tier="gold",
    ),
    DemoPerson(
        email="tom@guest.example",
        full_name="Tom Okafor",
        what="guest, silver member (5 % off)",
        country="GB",
        tier="silver",
    ),
    DemoPerson(
        email="lea@guest.example",
        full_name="Léa Martin",
        what="guest without a membership, no bookings yet",
        country="FR",
    ),
)
CHAIN = DemoPerson(
    email="chain@vacancy.example",
    full_name="Inês Duarte",
    what="head office: every property",
    is_superuser=True,
)
STAFF = (
    DemoPerson(
        email="desk@city-lisbon.example",
        full_name="Rui Costa",
        what="front desk of City Hotel Lisbon",
        workplace="city-hotel-lisbon",
        role=StaffRole.FRONT_DESK,
    ),
    DemoPerson(
        email="manager@city-lisbon.example",
        full_name="Marta Nunes",
        what="manager of City Hotel Lisbon",
        workplace="city-hotel-lisbon",
        role=StaffRole.MANAGER,
    ),
    DemoPerson(
        email="finance@city-lisbon.example",
        full_name="Paulo Reis",
        what="finance of City Hotel Lisbon",
        workplace="city-hotel-lisbon",
        role=StaffRole.FINANCE,
    ),
    DemoPerson(
        email="rooms@city-lisbon.example",
        full_name="Ana Sousa",
        what="housekeeping of City Hotel Lisbon",
        workplace="city-hotel-lisbon",
        role=StaffRole.HOUSEKEEPING,
    ),
    DemoPerson(
        email="manager@hausamkanal.example",
        full_name="Jana Vogt",
        what="manager of Haus am Kanal, Berlin",
        country="DE",
        workplace="haus-am-kanal-berlin",
        role=StaffRole.MANAGER,
    ),
)


def tiers_load() -> None:
    """Create the tiers of the membership programme that are missing."""
    for position, (code, name, percent) in enumerate(TIERS):
        MembershipTier.objects.get_or_create(
            code=code, defaults={"name": name, "discount_percent": Decimal(percent), "position": position}
        )


def person_load(*, person: DemoPerson) -> User:
    """The user of a person, created with a confirmed address where there is none."""
    user = User.objects.filter(email=person.email).first()
    if user is None:
        user = user_create(
            email=person.email,
            password=DEMO_PASSWORD,
            full_name=person.full_name,
            country=person.country,
            language=person.language,
            is_staff=person.role is not None or person.is_superuser,
            is_superuser=person.is_superuser,
            is_verified=True,
        )
    if person.tier is None:
        Membership.objects.filter(user=user).delete()
    else:
        Membership.objects.filter(user=user).update(tier=MembershipTier.objects.get(code=person.tier))
    return user


def role_load(*, person: DemoPerson, property_id: int) -> None:
    """Give a person their role at their workplace."""
    if person.role is not None:
        user = person_load(person=person)
        PropertyStaff.objects.get_or_create(user=user, property_id=property_id, role=person.role)


def staff_are_loaded() -> bool:
    """Whether everybody has their role, which is the last thing the demo does. One query."""
    emails = [person.email for person in STAFF]
    return PropertyStaff.objects.filter(user__email__in=emails).count() == len(STAFF)


def logins_text() -> str:
    """Who can log in, for people to read."""
    people = (*GUESTS, *STAFF, CHAIN)
    width = max(len(person.email) for person in people)
    lines = [f"  {person.email:<{width}}  {person.what}" for person in people]
    return "\n".join((f"Demo log-ins, all with the password {DEMO_PASSWORD}", *lines, ""))
