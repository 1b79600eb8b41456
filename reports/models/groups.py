"""Groups of properties that are reported on together."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from core.audit import audited
from core.models import TimeStampedModel


@audited()
class PropertyGroup(TimeStampedModel):
    """Properties with a name together (a city, an owner). It gives no rights: who sees all of them may choose it."""

    name = models.CharField(_("name"), max_length=80)
    properties = models.ManyToManyField(
        "inventory.Property", related_name="report_groups", verbose_name=_("properties")
    )

    class Meta:
        verbose_name = _("group of properties")
        verbose_name_plural = _("groups of properties")
        ordering = ("name",)
        constraints = (models.UniqueConstraint(Lower("name"), name="property_group_name_once"),)

    def __str__(self) -> str:
        return self.name


@audited(property_path="property", parent="propertygroup")
class PropertyGroupMember(PropertyGroup.properties.through):  # type: ignore[name-defined]
    """A property of a group; the log's name for the rows between the two."""

    class Meta:
        proxy = True
        verbose_name = _("property of a group")
        verbose_name_plural = _("properties of groups")
