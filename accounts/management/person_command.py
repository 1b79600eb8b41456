"""Commands about one person, who is named by an address, an account or a booking."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from accounts.privacy import Person
from accounts.privacy.finding import PersonUnknown, person_by_email, person_by_reference, person_by_user


class PersonCommand(BaseCommand):
    """Takes the person as the first argument, by ``--user`` or by ``--booking``: exactly one of them."""

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("email", nargs="?", help="the person's e-mail address")
        parser.add_argument("--user", type=int, metavar="ID", help="the number of the person's account")
        parser.add_argument("--booking", metavar="REF", help="a booking whose guest is meant")

    def person(self, *, email: str | None, user: int | None, booking: str | None, **_options: Any) -> Person:
        """Whoever was named. Raises `CommandError`."""
        if sum(given is not None for given in (email, user, booking)) != 1:
            raise CommandError("Name the person once: by an e-mail address, --user ID or --booking REF.")
        try:
            if email is not None:
                return person_by_email(email)
            if user is not None:
                return person_by_user(user)
            return person_by_reference(str(booking))
        except PersonUnknown as error:
            raise CommandError("Nothing is held about this person.") from error
