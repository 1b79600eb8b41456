import pytest
from allauth.account.models import EmailAddress

from accounts.exceptions import EmailTaken, OwnRoleChange, RoleTaken
from accounts.models import Membership, MembershipTier, PropertyStaff, StaffRole, User
from accounts.services import (
    membership_create,
    profile_update,
    property_staff_add,
    property_staff_remove,
    property_staff_role_set,
    user_create,
)
from accounts.services.memberships import luhn_digit, membership_number_new
from core.exceptions import NotFound, PermissionDenied
from tests.factories.accounts import MembershipTierFactory, StaffFactory, SuperuserFactory, UserFactory
from tests.factories.inventory import PropertyFactory

pytestmark = pytest.mark.django_db


def test_luhn_digit_is_that_of_the_standard() -> None:
    assert luhn_digit("7992739871") == "3"
    number = membership_number_new()
    assert len(number) == 10
    assert luhn_digit(number[:-1]) == number[-1]


def test_new_members_get_the_lowest_tier() -> None:
    MembershipTierFactory.create(code="gold", position=2)
    lowest = MembershipTierFactory.create(code="silver", position=1)
    user = UserFactory.create()

    membership = membership_create(user=user)

    assert membership.tier == lowest
    assert membership_create(user=user).pk == membership.pk
    assert Membership.objects.count() == 1


def test_the_first_member_brings_the_first_tier() -> None:
    membership_create(user=UserFactory.create())
    membership_create(user=UserFactory.create())

    tier = MembershipTier.objects.get()
    assert (tier.code, tier.discount_percent) == ("member", 0)


def test_user_create_makes_address_and_membership() -> None:
    user = user_create(
        email=" Ada@Example.com ", password="correct horse battery", full_name="Ada", is_verified=True
    )

    assert user.email == "ada@example.com"
    assert user.check_password("correct horse battery")
    assert EmailAddress.objects.get(user=user).verified
    assert len(user.membership.number) == 10
    assert not user.is_staff


@pytest.mark.parametrize("email", ["ada@example.com", "ADA@example.com"])
def test_an_address_belongs_to_one_user(email: str) -> None:
    UserFactory.create(email="ada@example.com")

    with pytest.raises(EmailTaken):
        user_create(email=email)
    assert User.objects.count() == 1
    assert Membership.objects.count() == 0


def test_profile_update_leaves_what_is_not_given() -> None:
    user = UserFactory.create(full_name="Ada", country="GB", language="en")

    profile_update(user=user, country="FR", phone="+33140205050")

    user.refresh_from_db()
    assert (user.full_name, user.country, user.language, str(user.phone)) == (
        "Ada",
        "FR",
        "en",
        "+33 1 40 20 50 50",
    )


def test_managers_give_roles_at_their_house() -> None:
    house = PropertyFactory.create()
    manager = StaffFactory.create(property=house, role=StaffRole.MANAGER)
    guest = UserFactory.create()

    staff = property_staff_add(
        property_id=house.pk, email=guest.email.upper(), role=StaffRole.FRONT_DESK, actor=manager
    )

    guest.refresh_from_db()
    assert (staff.user, staff.role) == (guest, StaffRole.FRONT_DESK)
    assert guest.is_staff
    assert not guest.is_superuser
    with pytest.raises(RoleTaken):
        property_staff_add(property_id=house.pk, email=guest.email, role=StaffRole.FRONT_DESK, actor=manager)


@pytest.mark.parametrize("role", [StaffRole.FRONT_DESK, StaffRole.FINANCE])
def test_only_managers_give_roles(role: str) -> None:
    house = PropertyFactory.create()
    actor, guest = StaffFactory.create(property=house, role=role), UserFactory.create()

    with pytest.raises(PermissionDenied):
        property_staff_add(property_id=house.pk, email=guest.email, role=role, actor=actor)
    guest.refresh_from_db()
    assert not guest.is_staff
    assert PropertyStaff.objects.count() == 1


def test_a_manager_of_another_house_gives_nothing() -> None:
    house, other = PropertyFactory.create(), PropertyFactory.create()
    manager = StaffFactory.create(property=other)
    staff = StaffFactory.create(property=house, role=StaffRole.FRONT_DESK).staff_roles.get()

    with pytest.raises(PermissionDenied):
        property_staff_add(property_id=house.pk, email=manager.email, role="manager", actor=manager)
    with pytest.raises(PermissionDenied):
        property_staff_role_set(staff_id=staff.pk, role="manager", actor=manager)
    with pytest.raises(PermissionDenied):
        property_staff_remove(staff_id=staff.pk, actor=manager)
    staff.refresh_from_db()
    assert staff.role == StaffRole.FRONT_DESK


def test_nobody_changes_their_own_roles() -> None:
    house = PropertyFactory.create()
    manager = StaffFactory.create(property=house)
    own = manager.staff_roles.get()

    with pytest.raises(OwnRoleChange):
        property_staff_add(property_id=house.pk, email=manager.email, role="finance", actor=manager)
    with pytest.raises(OwnRoleChange):
        property_staff_role_set(staff_id=own.pk, role="finance", actor=manager)
    with pytest.raises(OwnRoleChange):
        property_staff_remove(staff_id=own.pk, actor=manager)
    assert list(manager.staff_roles.values_list("role", flat=True)) == ["manager"]


def test_the_log_in_ends_with_the_last_role() -> None:
    house, other = PropertyFactory.create(), PropertyFactory.create()
    root = SuperuserFactory.create()
    staff = StaffFactory.create(property=house)
    staff.staff_roles.create(property=other, role=StaffRole.FINANCE)
    first, second = staff.staff_roles.order_by("pk")

    property_staff_remove(staff_id=first.pk, actor=root)
    staff.refresh_from_db()
    assert staff.is_staff
    property_staff_remove(staff_id=second.pk, actor=root)
    staff.refresh_from_db()
    assert not staff.is_staff
    with pytest.raises(NotFound):
        property_staff_remove(staff_id=second.pk, actor=root)


def test_role_set_changes_one_row() -> None:
    house = PropertyFactory.create()
    manager = StaffFactory.create(property=house)
    row = StaffFactory.create(property=house, role=StaffRole.FRONT_DESK).staff_roles.get()

    property_staff_role_set(staff_id=row.pk, role=StaffRole.FINANCE, actor=manager)

    row.refresh_from_db()
    assert row.role == StaffRole.FINANCE
