"""What a house sells beside its rooms: breakfast, parking, minibar, spa."""

from __future__ import annotations

from decimal import Decimal

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core.audit import audited
from core.models import TimeStampedModel
from core.money import MoneyField

from .properties import Property


class ExtraUnit(models.TextChoices):
    STAY = "stay", pgettext_lazy("extra", "per stay")
    NIGHT = "night", pgettext_lazy("extra", "per night")
    PERSON = "person", pgettext_lazy("extra", "per person")
    PERSON_NIGHT = "person_night", pgettext_lazy("extra", "per person and night")
    PIECE = "piece", pgettext_lazy("extra", "per piece")


NIGHTLY_UNITS = (ExtraUnit.NIGHT, ExtraUnit.PERSON_NIGHT)
PERSONAL_UNITS = (ExtraUnit.PERSON, ExtraUnit.PERSON_NIGHT)


@audited(property_path="property")
class Extra(TimeStampedModel):
    """Something the front desk charges by one press. ``price`` is for one unit, in the property's currency.

    Its tax is its own and not that of the rooms: ``tax_percent`` of the price added, or contained in it.
    """

    property = models.ForeignKey(
        Property, models.PROTECT, related_name="extras", db_index=False, verbose_name=_("property")
    )
    name = models.CharField(_("name"), max_length=80)
    description = models.CharField(_("description"), max_length=200, blank=True)
    price = MoneyField(_("price"), validators=[MinValueValidator(0)])
    unit = models.CharField(_("unit"), max_length=20, choices=ExtraUnit, default=ExtraUnit.PIECE)
    tax_name = models.CharField(
        _("tax"), max_length=80, blank=True, help_text=_("Such as VAT; empty: no tax on it.")
    )
    tax_percent = models.DecimalField(
        _("tax in percent"),
        max_digits=6,
        decimal_places=3,
        default=Decimal(0),
        validators=[MinValueValidator(0), MaxValueValidator(100)],
    )
    tax_is_included = models.BooleanField(_("tax included in the price"), default=True)
    is_bookable = models.BooleanField(
        _("guests may order it"),
        default=False,
        help_text=_("On the page of their booking, before they arrive."),
    )
    is_active = models.BooleanField(_("active"), default=True)
    position = models.PositiveSmallIntegerField(_("position"), default=0)

    class Meta:
        verbose_name = _("extra")
        verbose_name_plural = _("extras")
        ordering = ("property", "position", "id")
        constraints = (
            models.UniqueConstraint(
                fields=("property", "name"),
                name="extra_name_once",
                violation_error_message=_("This house has an extra with this name already."),
            ),
            models.CheckConstraint(condition=Q(unit__in=ExtraUnit.values), name="extra_unit_known"),
            models.CheckConstraint(condition=Q(price__gte=0), name="extra_price_not_negative"),
            models.CheckConstraint(
                condition=Q(tax_percent__gte=0, tax_percent__lte=100), name="extra_tax_percent_range"
            ),
            models.CheckConstraint(
                condition=Q(tax_percent=0) | ~Q(tax_name=""),
                name="extra_tax_has_name",
                violation_error_message=_("Please name the tax."),
            ),
        )

    def __str__(self) -> str:
        return self.name
