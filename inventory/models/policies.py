"""Deposit and cancellation policies. What was sold keeps a snapshot of its policy."""

from __future__ import annotations

from decimal import Decimal

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core.audit import audited
from core.money import MoneyField

from .properties import Property


class DepositKind(models.TextChoices):
    NONE = "none", _("nothing in advance")
    PERCENT = "percent", _("percent of the total")
    FIRST_NIGHT = "first_night", pgettext_lazy("deposit", "the first night")
    AMOUNT = "amount", _("a fixed amount per room")
    FULL = "full", _("the total")


@audited(property_path="property")
class DepositPolicy(models.Model):
    """What is due when booking."""

    property = models.ForeignKey(
        Property, models.CASCADE, related_name="deposit_policies", db_index=False, verbose_name=_("property")
    )
    name = models.CharField(_("name"), max_length=80)
    kind = models.CharField(_("kind"), max_length=20, choices=DepositKind, default=DepositKind.NONE)
    value = MoneyField(
        _("value"),
        default=Decimal(0),
        validators=[MinValueValidator(0)],
        help_text=_("Percent, or an amount per room in the property's currency."),
    )

    class Meta:
        verbose_name = _("deposit policy")
        verbose_name_plural = _("deposit policies")
        ordering = ("property", "name")
        constraints = (
            models.UniqueConstraint(fields=("property", "name"), name="deposit_policy_name_unique"),
            models.CheckConstraint(
                condition=models.Q(kind__in=DepositKind.values), name="deposit_policy_kind_known"
            ),
            models.CheckConstraint(
                condition=models.Q(value__gte=0) & (~models.Q(kind="percent") | models.Q(value__lte=100)),
                name="deposit_policy_value_range",
                violation_error_message=_("Not negative, and at most 100 percent."),
            ),
        )

    def __str__(self) -> str:
        return self.name


class PenaltyKind(models.TextChoices):
    PERCENT = "percent", _("percent of the total")
    NIGHTS = "nights", _("first nights")
    AMOUNT = "amount", _("a fixed amount per room")


class GuestChanges(models.TextChoices):
    IF_REFUNDABLE = "if_refundable", _("if cancelling does not always cost everything")
    ALWAYS = "always", _("always")
    NEVER = "never", _("never")


@audited(property_path="property")
class CancellationPolicy(models.Model):
    """When cancelling costs what, and what changing does. Without a tier that fits, the whole total is kept.

    What it says of changes binds guests; staff may set it aside with a reason.
    """

    property = models.ForeignKey(
        Property,
        models.CASCADE,
        related_name="cancellation_policies",
        db_index=False,
        verbose_name=_("property"),
    )
    name = models.CharField(_("name"), max_length=80)
    no_show_percent = models.DecimalField(
        _("no-show fee in percent of the total"),
        max_digits=5,
        decimal_places=2,
        default=Decimal(100),
        validators=[MinValueValidator(0), MaxValueValidator(100)],
    )
    guest_changes = models.CharField(
        _("guests may change their stay"),
        max_length=20,
        choices=GuestChanges,
        default=GuestChanges.IF_REFUNDABLE,
        db_default=GuestChanges.IF_REFUNDABLE,
    )
    change_hours_before = models.PositiveIntegerField(
        _("changes until hours before arrival"), default=0, db_default=0
    )
    change_fee = MoneyField(
        _("fee for a change"),
        default=Decimal(0),
        db_default=Decimal(0),
        validators=[MinValueValidator(0)],
        help_text=_("For each change by the guest, in the property's currency."),
    )
    early_departure_percent = models.DecimalField(
        _("early departure in percent of the nights given up"),
        max_digits=5,
        decimal_places=2,
        default=Decimal(100),
        db_default=Decimal(100),
        validators=[MinValueValidator(0), MaxValueValidator(100)],
    )

    class Meta:
        verbose_name = _("cancellation policy")
        verbose_name_plural = _("cancellation policies")
        ordering = ("property", "name")
        constraints = (
            models.UniqueConstraint(fields=("property", "name"), name="cancellation_policy_name_unique"),
            models.CheckConstraint(
                condition=models.Q(no_show_percent__range=(0, 100)),
                name="cancellation_policy_no_show_0_to_100",
            ),
            models.CheckConstraint(
                condition=models.Q(guest_changes__in=GuestChanges.values),
                name="cancellation_policy_changes_known",
            ),
            models.CheckConstraint(
                condition=models.Q(change_fee__gte=0, early_departure_percent__range=(0, 100)),
                name="cancellation_policy_change_costs",
            ),
        )

    def __str__(self) -> str:
        return self.name


@audited(property_path="policy__property", parent="policy")
class CancellationTier(models.Model):
    """The penalty when cancelled at least ``hours_before`` hours before arrival.

    The arrival is the property's ``arrival_from`` on the arrival date, in its time zone. Of the tiers that fit,
    the one with the most hours counts; with none, the whole total is the penalty.
    """

    policy = models.ForeignKey(
        CancellationPolicy, models.CASCADE, related_name="tiers", db_index=False, verbose_name=_("policy")
    )
    hours_before = models.PositiveIntegerField(_("hours before arrival"))
    penalty_kind = models.CharField(
        _("penalty"), max_length=20, choices=PenaltyKind, default=PenaltyKind.PERCENT
    )
    penalty_value = MoneyField(_("value"), default=Decimal(0), validators=[MinValueValidator(0)])

    class Meta:
        verbose_name = _("cancellation tier")
        verbose_name_plural = _("cancellation tiers")
        ordering = ("policy", "-hours_before")
        constraints = (
            models.UniqueConstraint(fields=("policy", "hours_before"), name="cancellation_tier_hours_unique"),
            models.CheckConstraint(
                condition=models.Q(penalty_kind__in=PenaltyKind.values), name="cancellation_tier_kind_known"
            ),
            models.CheckConstraint(
                condition=models.Q(penalty_value__gte=0)
                & (~models.Q(penalty_kind="percent") | models.Q(penalty_value__lte=100)),
                name="cancellation_tier_value_range",
                violation_error_message=_("Not negative, and at most 100 percent."),
            ),
        )

    def __str__(self) -> str:
        return f"{self.hours_before} h: {self.penalty_value} {self.get_penalty_kind_display()}"
