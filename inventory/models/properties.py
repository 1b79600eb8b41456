"""Properties, their room types and rooms."""

from __future__ import annotations

import datetime
from typing import Any
from zoneinfo import available_timezones

import pghistory
from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _
from phonenumber_field.modelfields import PhoneNumberField

from core.models import TimeStampedModel
from core.money import currency_validate
from inventory.querysets import PropertyQuerySet, RoomTypeQuerySet


def time_zone_validate(value: str) -> None:
    """Raise ValidationError unless ``value`` is a known IANA time zone."""
    if value not in available_timezones():
        raise ValidationError(_("%(value)s is not a known time zone."), params={"value": value})


def gateways_default() -> list[str]:
    """Name the gateways of a new property."""
    return ["sandbox", "at_property"]


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


@pghistory.track()
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
    gateways = ArrayField(
        models.CharField(max_length=20),
        default=gateways_default,
        verbose_name=_("payment gateways"),
        help_text=_("Codes of the gateways guests may pay with, in the order shown."),
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
            # property_search: published properties of a city
            models.Index(
                fields=("city", "name"), name="property_city_published", condition=models.Q(is_published=True)
            ),
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


class PropertyPhoto(Photo):
    property = models.ForeignKey(Property, models.CASCADE, related_name="photos", verbose_name=_("property"))

    class Meta(Photo.Meta):
        verbose_name = _("property photo")
        verbose_name_plural = _("property photos")


class RoomType(TimeStampedModel):
    """A kind of room sold as one good: every room of it is as good as the other."""

    property = models.ForeignKey(
        Property, models.PROTECT, related_name="room_types", verbose_name=_("property")
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


class RoomTypePhoto(Photo):
    room_type = models.ForeignKey(
        RoomType, models.CASCADE, related_name="photos", verbose_name=_("room type")
    )

    class Meta(Photo.Meta):
        verbose_name = _("room type photo")
        verbose_name_plural = _("room type photos")


class Room(models.Model):
    """One physical room."""

    property = models.ForeignKey(
        Property, models.PROTECT, related_name="rooms", editable=False, verbose_name=_("property")
    )
    room_type = models.ForeignKey(RoomType, models.PROTECT, related_name="rooms", verbose_name=_("room type"))
    number = models.CharField(_("number"), max_length=20)
    floor = models.CharField(_("floor"), max_length=20, blank=True)
    is_active = models.BooleanField(_("active"), default=True)

    class Meta:
        verbose_name = _("room")
        verbose_name_plural = _("rooms")
        ordering = ("property", "number")
        constraints = (models.UniqueConstraint(fields=("property", "number"), name="room_number_unique"),)

    def __str__(self) -> str:
        return self.number

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.property_id = self.room_type.property_id
        super().save(*args, **kwargs)
