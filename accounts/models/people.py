"""Who people are: users by e-mail address, membership tiers, and where staff work."""

from __future__ import annotations

from decimal import Decimal
from typing import ClassVar

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser, PermissionsMixin
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from phonenumber_field.modelfields import PhoneNumberField

from accounts.querysets import UserManager
from core.audit import audited
from core.models import TimeStampedModel


@audited(exclude=["last_login"], secrets=["password"])
class User(AbstractBaseUser, PermissionsMixin):
    """A person who can log in: a guest, or staff where ``is_staff`` is set."""

    email = models.EmailField(_("e-mail address"), unique=True)
    full_name = models.CharField(_("full name"), max_length=150, blank=True)
    phone = PhoneNumberField(_("phone"), blank=True)
    country = models.CharField(_("country"), max_length=2, blank=True, help_text=_("ISO 3166-1 alpha-2"))
    language = models.CharField(_("language"), max_length=10, blank=True)
    is_active = models.BooleanField(_("active"), default=True)
    is_staff = models.BooleanField(
        _("staff"), default=False, help_text=_("May log in to the administration of a property.")
    )
    date_joined = models.DateTimeField(_("date joined"), default=timezone.now, editable=False)

    objects: ClassVar[UserManager] = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        verbose_name = _("user")
        verbose_name_plural = _("users")
        ordering = ("email",)
        constraints = (
            models.UniqueConstraint(
                Lower("email"),
                name="user_email_unique_ci",
                violation_error_message=_("A user with this e-mail address already exists."),
            ),
        )

    def __str__(self) -> str:
        return self.email

    def get_full_name(self) -> str:
        return self.full_name or self.email

    def get_short_name(self) -> str:
        return self.full_name.split(" ")[0] if self.full_name else self.email


@audited()
class MembershipTier(models.Model):
    """A level of the loyalty programme; its discount is a line of every quote of its members."""

    code = models.SlugField(_("code"), max_length=20, unique=True)
    name = models.CharField(_("name"), max_length=60)
    discount_percent = models.DecimalField(
        _("discount in percent"),
        max_digits=5,
        decimal_places=2,
        default=Decimal(0),
        validators=[MinValueValidator(0), MaxValueValidator(100)],
    )
    position = models.PositiveSmallIntegerField(_("position"), default=0)

    class Meta:
        verbose_name = _("membership tier")
        verbose_name_plural = _("membership tiers")
        ordering = ("position", "code")
        constraints = (
            models.CheckConstraint(
                condition=models.Q(discount_percent__gte=0, discount_percent__lte=100),
                name="membership_tier_discount_0_to_100",
            ),
        )

    def __str__(self) -> str:
        return self.name


@audited(parent="user")
class Membership(TimeStampedModel):
    """The loyalty membership of one user."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="membership", verbose_name=_("user")
    )
    number = models.CharField(_("number"), max_length=16, unique=True)
    tier = models.ForeignKey(
        MembershipTier, models.PROTECT, related_name="memberships", verbose_name=_("tier")
    )

    class Meta:
        verbose_name = _("membership")
        verbose_name_plural = _("memberships")

    def __str__(self) -> str:
        return self.number


class StaffRole(models.TextChoices):
    FRONT_DESK = "front_desk", _("front desk")
    MANAGER = "manager", _("manager")
    FINANCE = "finance", _("finance")
    HOUSEKEEPING = "housekeeping", _("housekeeping")


@audited(property_path="property", parent="user", named_with=["user", "property"])
class PropertyStaff(TimeStampedModel):
    """What one person may do at one property. Superusers need no row."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.CASCADE,
        related_name="staff_roles",
        db_index=False,
        verbose_name=_("user"),
    )
    property = models.ForeignKey(
        "inventory.Property", models.CASCADE, related_name="staff", verbose_name=_("property")
    )
    role = models.CharField(_("role"), max_length=20, choices=StaffRole)

    class Meta:
        verbose_name = _("property staff")
        verbose_name_plural = _("property staff")
        constraints = (
            models.UniqueConstraint(fields=("user", "property", "role"), name="property_staff_role_once"),
            models.CheckConstraint(
                condition=models.Q(role__in=StaffRole.values), name="property_staff_role_known"
            ),
        )

    def __str__(self) -> str:
        return f"{self.user} · {self.property} · {self.get_role_display()}"
