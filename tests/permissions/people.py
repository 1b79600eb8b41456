"""Everybody who could ask, and what they are to guest A's stay in the house."""

from __future__ import annotations

from dataclasses import dataclass

from django.test import Client

from accounts.models import StaffRole, User
from inventory.models import Property
from tests.factories.accounts import StaffFactory, SuperuserFactory, UserFactory
from tests.factories.inventory import hotel

PERSONAS = (
    "anonymous",
    "guest_a",
    "guest_b",
    "front_desk",
    "manager",
    "finance",
    "housekeeping",
    "stranger",
    "superuser",
)
"""``stranger`` manages another house."""

OUTSIDERS = ("anonymous", "guest_a", "guest_b")
NAME = "Zdenka Hruba"
"""Guest A's. Nobody else has it, so an answer with it tells of guest A."""


@dataclass(frozen=True, slots=True)
class People:
    """The browsers of all personas, the user who is guest A, and who manages the house."""

    clients: dict[str, Client]
    guest_a: User
    manager: User


def people(house: Property) -> People:
    """Log everybody in who can."""
    users = {
        "guest_a": UserFactory.create(full_name=NAME, email="hruba@example.com"),
        "guest_b": UserFactory.create(),
        "front_desk": StaffFactory.create(property=house, role=StaffRole.FRONT_DESK),
        "manager": StaffFactory.create(property=house, role=StaffRole.MANAGER),
        "finance": StaffFactory.create(property=house, role=StaffRole.FINANCE),
        "housekeeping": StaffFactory.create(property=house, role=StaffRole.HOUSEKEEPING),
        "stranger": StaffFactory.create(property=hotel(nights=20).property, role=StaffRole.MANAGER),
        "superuser": SuperuserFactory.create(),
    }
    clients = {name: Client(raise_request_exception=False) for name in PERSONAS}
    for name, user in users.items():
        clients[name].force_login(user)
    return People(clients, users["guest_a"], users["manager"])
