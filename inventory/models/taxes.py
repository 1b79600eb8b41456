"""Taxes and city taxes."""

from __future__ import annotations

from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.audit import audited
from core.money import MoneyField

from .properties import Property


class TaxKind(models.TextChoices):
    PERCENT = "percent", _("percent of the room price")
    PERSON_NIGHT = "person_night", _("per person and night")
    ROOM_NIGHT = "room_night", _("per room and night")


@audited(property_path="property")
class Tax(models.Model):
    """A tax of a property, added to prices or included in them.

    City taxes count per person and night, at most ``max_nights`` nights, and not for guests younger than
    ``min_age``. ``valid_from``/``valid_until`` (both included) compare with the night that is taxed.
    """

    property = models.ForeignKey(Property, models.CASCADE, related_name="taxes", verbose_name=_("property"))
    name = models.CharField(_("name"), max_length=80)
    kind = models.CharField(_("kind"), max_length=20, choices=TaxKind, default=TaxKind.PERCENT)
    value = MoneyField(_("value"), validators=[MinValueValidator(0)], help_text=_("Percent, or an amount."))
    is_included = models.BooleanField(_("included in prices"), default=True)
    max_nights = models.PositiveSmallIntegerField(_("at most for nights"), null=True, blank=True)
    min_age = models.PositiveSmallIntegerField(
        _("from age"), null=True, blank=True, help_text=_("Younger guests do not pay it.")
    )
    valid_from = models.DateField(_("valid from"), null=True, blank=True)
    valid_until = models.DateField(_("valid until"), null=True, blank=True)
    position = models.PositiveSmallIntegerField(_("position"), default=0)

    class Meta:
        verbose_name = _("tax")
        verbose_name_plural = _("taxes")
        ordering = ("property", "position", "id")
        constraints = (
            models.CheckConstraint(condition=Q(kind__in=TaxKind.values), name="tax_kind_known"),
            models.CheckConstraint(condition=Q(value__gte=0), name="tax_value_not_negative"),
            models.CheckConstraint(
                condition=~Q(kind="percent")
                | Q(max_nights__isnull=True, min_age__isnull=True, value__lte=100),
                name="tax_percent_has_no_caps",
                violation_error_message=_(
                    "Caps of nights and age are for taxes per person; percent is at most 100."
                ),
            ),
        )

    def __str__(self) -> str:
        return self.name
