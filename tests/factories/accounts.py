"""People."""

from __future__ import annotations

from typing import Any

import factory
from factory.django import DjangoModelFactory

from accounts.models import Membership, MembershipTier, PropertyStaff, StaffRole, User

PASSWORD = "a-long-enough-password"


class UserFactory(DjangoModelFactory[User]):
    """A guest with an account. ``password`` may be given in clear; it is `PASSWORD` otherwise."""

    class Meta:
        model = User
        skip_postgeneration_save = True

    email = factory.Sequence(lambda number: f"guest{number:05}@example.com")
    full_name = factory.Sequence(lambda number: f"Guest {number:05}")
    language = "en"
    country = "DE"
    password = PASSWORD

    @classmethod
    def _create(cls, model_class: type[User], *args: Any, **kwargs: Any) -> User:
        return model_class.objects.create_user(*args, **kwargs)


class StaffFactory(UserFactory):
    """Somebody who works at ``property`` in ``role``; without a property, staff of nothing yet."""

    class Meta:
        model = User
        skip_postgeneration_save = True

    email = factory.Sequence(lambda number: f"staff{number:05}@example.com")
    full_name = factory.Sequence(lambda number: f"Staff {number:05}")
    is_staff = True

    @classmethod
    def _create(cls, model_class: type[User], *args: Any, **kwargs: Any) -> User:
        workplace, role = kwargs.pop("property", None), kwargs.pop("role", StaffRole.MANAGER)
        user = super()._create(model_class, *args, **kwargs)
        if workplace is not None:
            PropertyStaff.objects.create(user=user, property=workplace, role=role)
        return user


class SuperuserFactory(UserFactory):
    """Somebody who may do everything."""

    class Meta:
        model = User
        skip_postgeneration_save = True

    email = factory.Sequence(lambda number: f"root{number:05}@example.com")
    is_staff = True
    is_superuser = True


class MembershipTierFactory(DjangoModelFactory[MembershipTier]):
    class Meta:
        model = MembershipTier

    code = factory.Sequence(lambda number: f"tier{number:05}")
    name = factory.Sequence(lambda number: f"Tier {number:05}")
    discount_percent = 10


class MembershipFactory(DjangoModelFactory[Membership]):
    class Meta:
        model = Membership

    user = factory.SubFactory(UserFactory)
    number = factory.Sequence(lambda number: f"V{number:09d}")
    tier = factory.SubFactory(MembershipTierFactory)
