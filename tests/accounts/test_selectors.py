from decimal import Decimal
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser

from accounts.models import StaffRole, User
from accounts.selectors import (
    account_get,
    discount_for_user,
    membership_for_user,
    staff_access,
    staff_may,
    staff_property_ids,
)
from tests.factories.accounts import (
    MembershipFactory,
    MembershipTierFactory,
    StaffFactory,
    SuperuserFactory,
    UserFactory,
)
from tests.factories.inventory import PropertyFactory

pytestmark = pytest.mark.django_db


def test_discount_is_the_tiers(django_assert_num_queries: Any) -> None:
    member = MembershipFactory.create(tier=MembershipTierFactory.create(discount_percent=Decimal("7.5")))

    with django_assert_num_queries(1):
        assert discount_for_user(member.user) == Decimal("7.50")


def test_nobody_else_has_a_discount(django_assert_num_queries: Any) -> None:
    assert discount_for_user(UserFactory.create()) == 0
    with django_assert_num_queries(0):
        assert discount_for_user(AnonymousUser()) == 0
        assert discount_for_user(None) == 0


def test_account_and_membership_come_in_one_query(django_assert_num_queries: Any) -> None:
    member = MembershipFactory.create()

    with django_assert_num_queries(1):
        assert account_get(user_id=member.user_id).membership.tier.name == member.tier.name
    with django_assert_num_queries(1):
        found = membership_for_user(member.user)
        assert found is not None
        assert found.tier == member.tier
    assert membership_for_user(UserFactory.create()) is None


@pytest.mark.parametrize("houses", [1, 20])
def test_staff_access_is_one_query(houses: int, django_assert_num_queries: Any) -> None:
    staff = StaffFactory.create()
    for _ in range(houses):
        staff.staff_roles.create(property=PropertyFactory.create(), role=StaffRole.FRONT_DESK)

    with django_assert_num_queries(1):
        ids = staff_property_ids(staff)
    assert ids is not None
    assert len(ids) == houses


def test_roles_count_where_they_are_held() -> None:
    here, there = PropertyFactory.create(), PropertyFactory.create()
    staff = StaffFactory.create(property=here, role=StaffRole.FRONT_DESK)
    staff.staff_roles.create(property=there, role=StaffRole.FINANCE)

    assert staff_property_ids(staff) == sorted([here.pk, there.pk])
    assert staff_property_ids(staff, roles=[StaffRole.FINANCE]) == [there.pk]
    assert staff_property_ids(staff, roles=[StaffRole.MANAGER]) == []
    assert staff_may(staff, here.pk, StaffRole.FRONT_DESK, StaffRole.MANAGER)
    assert not staff_may(staff, here.pk, StaffRole.FINANCE)
    assert not staff_may(staff, PropertyFactory.create().pk)


def test_superusers_work_everywhere(django_assert_num_queries: Any) -> None:
    root = SuperuserFactory.create()

    with django_assert_num_queries(0):
        assert staff_property_ids(root) is None
        assert staff_may(root, 4711, StaffRole.MANAGER)


@pytest.mark.parametrize("change", [{"is_staff": False}, {"is_active": False}])
def test_roles_end_with_the_job(change: dict[str, bool]) -> None:
    house = PropertyFactory.create()
    staff = StaffFactory.create(property=house)
    User.objects.filter(pk=staff.pk).update(**change)
    staff.refresh_from_db()

    assert staff_property_ids(staff) == []
    assert not staff_access(staff).may(house.pk)
    assert not staff_may(AnonymousUser(), house.pk)
