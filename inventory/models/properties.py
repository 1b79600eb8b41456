"""Properties and their room types."""

from __future__ import annotations

import datetime
from decimal import Decimal
from zoneinfo import available_timezones

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _
from phonenumber_field.modelfields import PhoneNumberField

from core.audit import audited
from core.models import TimeStampedModel
from core.money import currency_validate
from inventory.querysets import PropertyQuerySet, RoomTypeQuerySet
from inventory.words import DOCUMENT


def time_zone_validate(value: str) -> None:
    """Raise ValidationError unless ``value`` is a known IANA time zone."""
    if value not in available_timezones():
        raise ValidationError(_("%(value)s is not a known time zone."), params={"value": value})


def gateways_default() -> list[str]:
    """Name the gateways of a new property."""
    return ["sandbox", "at_property"]


@audited()
class Amenity(models.Model):
    """Something a property or a room type offers, such as a pool or a desk."""

    code = models.SlugField(_("code"), max_length=40, unique=True)
    name = models.CharField(_("name"), max_length=80)

    class Meta:
        verbose_name = _("amenity")
        verbose_name_plural = _("amenities")
        ordering = ("name",)

    def __str__(self) -> str:
        return self.name


@audited(property_path="pk")
class Property(TimeStampedModel):
    """A house with rooms. Its time zone decides what "today" is, its currency what prices are in."""

    name = models.CharField(_("name"), max_length=120)
    slug = models.SlugField(_("slug"), max_length=80, unique=True)
    description = models.TextField(_("description"), blank=True)
    stars = models.PositiveSmallIntegerField(
        _("stars"), null=True, blank=True, validators=[MinValueValidator(1), MaxValueValidator(5)]
    )
    address = models.CharField(_("address"), max_length=200, blank=True)
    postal_code = models.CharField(_("postal code"), max_length=16, blank=True)
    city = models.CharField(_("city"), max_length=80)
    country = models.CharField(_("country"), max_length=2, help_text=_("ISO 3166-1 alpha-2"))
    latitude = models.DecimalField(_("latitude"), max_digits=8, decimal_places=5, null=True, blank=True)
    longitude = models.DecimalField(_("longitude"), max_digits=8, decimal_places=5, null=True, blank=True)
    time_zone = models.CharField(_("time zone"), max_length=64, validators=[time_zone_validate])
    currency = models.CharField(_("currency"), max_length=3, validators=[currency_validate])
    email = models.EmailField(_("e-mail address"), blank=True)
    phone = PhoneNumberField(_("phone"), blank=True)
    arrival_from = models.TimeField(_("arrival from"), default=datetime.time(15))
    departure_until = models.TimeField(_("departure until"), default=datetime.time(11))
    child_max_age = models.PositiveSmallIntegerField(
        _("children up to age"),
        default=12,
        validators=[MaxValueValidator(17)],
        help_text=_("Older guests count and pay as adults."),
    )
    directions = models.TextField(
        _("how to get there"), blank=True, help_text=_("Guests read it in the mail before their arrival.")
    )
    house_rules = models.TextField(
        _("house rules"),
        blank=True,
        default="",
        db_default="",
        help_text=_("Stand on the registration card and on the page where guests check in."),
    )
    pre_arrival_days = models.PositiveSmallIntegerField(
        _("mail before arrival"),
        default=3,
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(60)],
        help_text=_("So many days before the arrival; empty: no such mail."),
    )
    no_show_time = models.TimeField(
        _("no-show from"),
        default=datetime.time(12),
        null=True,
        blank=True,
        help_text=_(
            "On the day after the arrival day: who has not been checked in by then has not come. "
            "Empty: only staff say so."
        ),
    )
    digest_time = models.TimeField(
        _("daily overview at"),
        default=datetime.time(7),
        null=True,
        blank=True,
        help_text=_("When staff get the overview of the day; empty: never."),
    )
    assign_rooms_days = models.PositiveSmallIntegerField(
        _("rooms assigned ahead"),
        default=14,
        db_default=14,
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(366)],
        help_text=_("Every night, stays of so many days get their rooms; empty: only staff assign rooms."),
    )
    brand_color = models.CharField(
        _("brand colour"),
        max_length=7,
        blank=True,
        validators=[RegexValidator(r"^#[0-9a-fA-F]{6}\Z", _("Please write a colour as #10352d."))],
        help_text=_("Of the letters' head, as #10352d; empty for the site's own."),
    )
    logo = models.ImageField(
        _("logo"),
        upload_to="logos/%Y/%m",
        blank=True,
        help_text=_("Stands in the letters' head instead of the name."),
    )
    legal_name = models.CharField(
        _("legal name"),
        max_length=200,
        blank=True,
        default="",
        db_default="",
        help_text=_("Who issues the invoices; empty: the name of the house."),
    )
    tax_number = models.CharField(
        _("tax number"),
        max_length=40,
        blank=True,
        default="",
        db_default="",
        help_text=_("The VAT number as it stands on invoices."),
    )
    invoice_prefix = models.CharField(
        _("prefix of invoice numbers"),
        max_length=12,
        blank=True,
        default="",
        db_default="",
        validators=[RegexValidator(r"^[A-Z0-9-]*\Z", _("Capital letters, digits and hyphens only."))],
        help_text=_("Such as LIS- for LIS-2026-00001. Another prefix begins a new series."),
    )
    invoice_footer = models.TextField(
        _("foot of invoices"),
        blank=True,
        default="",
        db_default="",
        max_length=1000,
        help_text=_("Such as the bank account and the company register."),
    )
    gateways = ArrayField(
        models.CharField(max_length=20),
        default=gateways_default,
        verbose_name=_("payment gateways"),
        help_text=_("Codes of the gateways guests may pay with, in the order shown."),
    )
    override_percent_front_desk = models.DecimalField(
        _("front desk may change a price by percent"),
        max_digits=5,
        decimal_places=2,
        default=Decimal(10),
        db_default=Decimal(10),
        validators=[MinValueValidator(0), MaxValueValidator(100)],
        help_text=_("Up or down from what the stay would cost, with a reason."),
    )
    override_percent_manager = models.DecimalField(
        _("managers may change a price by percent"),
        max_digits=5,
        decimal_places=2,
        default=Decimal(50),
        db_default=Decimal(50),
        validators=[MinValueValidator(0), MaxValueValidator(100)],
    )
    amenities = models.ManyToManyField(
        Amenity, blank=True, related_name="properties", verbose_name=_("amenities")
    )
    is_published = models.BooleanField(
        _("published"), default=False, help_text=_("Guests can find and book it.")
    )

    objects = PropertyQuerySet.as_manager()

    class Meta:
        verbose_name = _("property")
        verbose_name_plural = _("properties")
        ordering = ("name", "id")
        indexes = (
            # destination_ids, the admin's search: words of name, city and description
            GinIndex(DOCUMENT, name="property_document"),
        )
        constraints = (
            models.CheckConstraint(
                condition=models.Q(stars__isnull=True) | models.Q(stars__range=(1, 5)),
                name="property_stars_1_to_5",
            ),
            models.CheckConstraint(
                condition=models.Q(latitude__isnull=True) | models.Q(latitude__range=(-90, 90)),
                name="property_latitude_range",
            ),
            models.CheckConstraint(
                condition=models.Q(longitude__isnull=True) | models.Q(longitude__range=(-180, 180)),
                name="property_longitude_range",
            ),
            models.CheckConstraint(
                condition=models.Q(
                    override_percent_front_desk__range=(0, 100), override_percent_manager__range=(0, 100)
                ),
                name="property_override_percents",
            ),
        )

    def __str__(self) -> str:
        return self.name


class Photo(models.Model):
    """A picture with its text alternative and place in the gallery."""

    image = models.ImageField(
        _("image"), upload_to="photos/%Y/%m", width_field="width", height_field="height"
    )
    width = models.PositiveIntegerField(editable=False, default=0)
    height = models.PositiveIntegerField(editable=False, default=0)
    alt = models.CharField(_("text alternative"), max_length=160)
    position = models.PositiveSmallIntegerField(_("position"), default=0)

    class Meta:
        abstract = True
        ordering = ("position", "id")

    def __str__(self) -> str:
        return self.alt

    @property
    def url(self) -> str:
        """The address of the picture, by the name that summaries have for it."""
        return self.image.url


@audited(property_path="property", parent="property")
class PropertyPhoto(Photo):
    property = models.ForeignKey(Property, models.CASCADE, related_name="photos", verbose_name=_("property"))

    class Meta(Photo.Meta):
        verbose_name = _("property photo")
        verbose_name_plural = _("property photos")


@audited(property_path="property")
class RoomType(TimeStampedModel):
    """A kind of room sold as one good: every room of it is as good as the other."""

    property = models.ForeignKey(
        Property, models.PROTECT, related_name="room_types", db_index=False, verbose_name=_("property")
    )
    code = models.CharField(_("code"), max_length=20)
    name = models.CharField(_("name"), max_length=100)
    description = models.TextField(_("description"), blank=True)
    beds = models.CharField(_("beds"), max_length=100, blank=True, help_text=_("For example: 1 double bed"))
    size_sqm = models.PositiveSmallIntegerField(_("size in m²"), null=True, blank=True)
    standard_occupancy = models.PositiveSmallIntegerField(
        _("standard occupancy"),
        default=2,
        help_text=_("Adults the nightly rate is for; others by occupancy prices."),
    )
    max_adults = models.PositiveSmallIntegerField(_("most adults"), default=2)
    max_children = models.PositiveSmallIntegerField(_("most children"), default=0)
    max_occupancy = models.PositiveSmallIntegerField(_("most guests"), default=2)
    amenities = models.ManyToManyField(
        Amenity, blank=True, related_name="room_types", verbose_name=_("amenities")
    )
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    is_active = models.BooleanField(_("active"), default=True)

    objects = RoomTypeQuerySet.as_manager()

    class Meta:
        verbose_name = _("room type")
        verbose_name_plural = _("room types")
        ordering = ("property", "position", "id")
        constraints = (
            models.UniqueConstraint(fields=("property", "code"), name="room_type_code_unique"),
            models.CheckConstraint(
                condition=models.Q(
                    standard_occupancy__gte=1,
                    max_adults__gte=models.F("standard_occupancy"),
                    max_occupancy__gte=models.F("max_adults"),
                ),
                name="room_type_occupancy_sane",
                violation_error_message=_(
                    "Standard occupancy ≤ most adults ≤ most guests, and at least one."
                ),
            ),
        )

    def __str__(self) -> str:
        return f"{self.name} ({self.code})"


@audited(property_path="room_type__property", parent="room_type")
class RoomTypePhoto(Photo):
    room_type = models.ForeignKey(
        RoomType, models.CASCADE, related_name="photos", verbose_name=_("room type")
    )

    class Meta(Photo.Meta):
        verbose_name = _("room type photo")
        verbose_name_plural = _("room type photos")


@audited(property_path="property", parent="property")
class PropertyAmenity(Property.amenities.through):  # type: ignore[name-defined]
    """An amenity of a house; the log's name for the rows between the two."""

    class Meta:
        proxy = True
        verbose_name = _("amenity of a property")
        verbose_name_plural = _("amenities of properties")


@audited(property_path="roomtype__property", parent="roomtype")
class RoomTypeAmenity(RoomType.amenities.through):  # type: ignore[name-defined]
    """An amenity of a room type; the log's name for the rows between the two."""

    class Meta:
        proxy = True
        verbose_name = _("amenity of a room type")
        verbose_name_plural = _("amenities of room types")
