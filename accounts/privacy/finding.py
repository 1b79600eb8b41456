"""From an address, an account or a booking to the person."""

from __future__ import annotations

from collections.abc import Callable

from allauth.account.models import EmailAddress
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from core.exceptions import NotFound

from .people import Person

Resolver = Callable[[str], Person | None]
_resolvers: list[Resolver] = []


class PersonUnknown(NotFound):
    """Nothing is held about such a person."""

    code = "person_unknown"
    message = _("Nothing is known about this person.")


def resolves_reference(resolver: Resolver) -> Resolver:
    """Have a function say whose a reference is."""
    _resolvers.append(resolver)
    return resolver


def person_by_email(email: str) -> Person:
    """Whoever has this address, with or without an account. Raises `PersonUnknown`."""
    email = email.strip().lower()
    user = User.objects.filter(email__iexact=email).first()
    if user is None:
        address = EmailAddress.objects.filter(email=email, verified=True).select_related("user").first()
        user = address.user if address else None
    return _known(_of_user(user, email) if user else Person(emails=[email]))


def person_by_user(user_id: int) -> Person:
    """Whoever has this account. Raises `PersonUnknown`."""
    user = User.objects.filter(pk=user_id).first()
    if user is None:
        raise PersonUnknown
    return _of_user(user)


def person_by_reference(reference: str) -> Person:
    """Whose a booking is. Raises `PersonUnknown`."""
    for resolver in _resolvers:
        person = resolver(reference)
        if person is not None:
            return _known(person)
    raise PersonUnknown


def _of_user(user: User, *more: str) -> Person:
    """An account with the addresses that were confirmed: one that was only claimed may be somebody else's."""
    confirmed = EmailAddress.objects.filter(user=user, verified=True).values_list("email", flat=True)
    return Person(user_id=user.pk, emails=[*confirmed, *more])


def _known(person: Person) -> Person:
    if not person.all_keys():
        raise PersonUnknown
    return person
