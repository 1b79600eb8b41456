"""What a night cost before, and since when it costs what it costs."""

from __future__ import annotations

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from core.money import MoneyField

from .properties import RoomType

CHANGED_NIGHTS_SQL = """
IF EXISTS (SELECT FROM {rows}) THEN
  INSERT INTO inventory_pricechange
    (changed_at, room_type_id, rate_plan_id, stay_month, nights, currency, price_before, price_after, context_id)
  SELECT now(), c.room_type_id, c.rate_plan_id, date_trunc('month', c.date::timestamp)::date,
         array_agg(c.date ORDER BY c.date), coalesce(min(p.currency), ''), c.before, c.after, request.id
  FROM ({changes}) c
    CROSS JOIN (SELECT _pgh_attach_context() AS id) request
    LEFT JOIN inventory_roomtype t ON t.id = c.room_type_id
    LEFT JOIN inventory_property p ON p.id = t.property_id
  GROUP BY c.room_type_id, c.rate_plan_id, date_trunc('month', c.date::timestamp), c.before, c.after, request.id;
END IF;
RETURN NULL;
"""
INSERTED = "SELECT room_type_id, rate_plan_id, date, NULL::numeric AS before, price AS after FROM new_rates"
DELETED = "SELECT room_type_id, rate_plan_id, date, price AS before, NULL::numeric AS after FROM old_rates"
UPDATED = """
SELECT room_type_id, rate_plan_id, date, o.price AS before, n.price AS after
FROM old_rates o FULL JOIN new_rates n USING (room_type_id, rate_plan_id, date)
WHERE o.price IS DISTINCT FROM n.price"""
TRUNCATED = DELETED.replace("old_rates", "inventory_rate")


def price_triggers() -> tuple[pgtrigger.Trigger, ...]:
    """The triggers of the nightly rates that write their history.

    They work once per statement on all its rows, so that bulk writes, raw SQL and COPY are recorded, and cheaply:
    nights that change alike share a row.
    """
    old, new = pgtrigger.Referencing(old="old_rates"), pgtrigger.Referencing(new="new_rates")
    both = pgtrigger.Referencing(old="old_rates", new="new_rates")

    def trigger(
        name: str,
        operation: pgtrigger.Operation,
        rows: str,
        changes: str,
        *,
        when: pgtrigger.When = pgtrigger.After,
        referencing: pgtrigger.Referencing | None = None,
    ) -> pgtrigger.Trigger:
        return pgtrigger.Trigger(
            name=name,
            level=pgtrigger.Statement,
            when=when,
            operation=operation,
            referencing=referencing,
            func=CHANGED_NIGHTS_SQL.format(rows=rows, changes=changes),
        )

    return (
        trigger("price_inserted", pgtrigger.Insert, "new_rates", INSERTED, referencing=new),
        trigger("price_updated", pgtrigger.Update, "new_rates", UPDATED, referencing=both),
        trigger("price_deleted", pgtrigger.Delete, "old_rates", DELETED, referencing=old),
        trigger("price_truncated", pgtrigger.Truncate, "inventory_rate", TRUNCATED, when=pgtrigger.Before),
    )


class PriceChange(models.Model):
    """Nights of one month whose rate became another in one statement. Written by triggers of the rates alone.

    ``price_before`` empty: the nights had no price yet; ``price_after`` empty: they have none any more. ``changed_at``
    is the beginning of the transaction; where transactions met, the order is that of ``id``. The database refuses to
    change or delete rows. The table is partitioned by the month (UTC) of ``changed_at``: see `price_partitions_ensure`.
    No foreign key of the database holds a room type or plan back: the history outlives both.
    """

    changed_at = models.DateTimeField(_("changed"))
    room_type = models.ForeignKey(
        RoomType,
        models.DO_NOTHING,
        db_constraint=False,
        related_name="price_changes",
        verbose_name=_("room type"),
        db_index=False,
    )
    rate_plan = models.ForeignKey(
        "inventory.RatePlan",
        models.DO_NOTHING,
        db_constraint=False,
        related_name="price_changes",
        verbose_name=_("rate plan"),
        db_index=False,
    )
    stay_month = models.DateField(_("month of the nights"), help_text=_("Its first day."))
    nights = ArrayField(models.DateField(), verbose_name=_("nights"))
    currency = models.CharField(_("currency"), max_length=3)
    price_before = MoneyField(_("price before"), null=True)
    price_after = MoneyField(_("price after"), null=True)
    context = models.ForeignKey(
        "pghistory.Context",
        models.DO_NOTHING,
        null=True,
        db_constraint=False,
        related_name="+",
        verbose_name=_("request"),
        db_index=False,
    )

    class Meta:
        verbose_name = _("price change")
        verbose_name_plural = _("price changes")
        ordering = ("-id",)
        constraints = (
            models.CheckConstraint(
                condition=Q(price_before__isnull=False) | Q(price_after__isnull=False),
                name="price_change_has_price",
            ),
            models.CheckConstraint(
                condition=Q(price_before__isnull=True)
                | Q(price_after__isnull=True)
                | ~Q(price_before=F("price_after")),
                name="price_change_changes",
            ),
        )
        indexes = (
            # price_history: the changes of a room type's nights
            models.Index(fields=("room_type", "stay_month", "changed_at"), name="price_change_type_month"),
        )

    def __str__(self) -> str:
        return f"{self.stay_month:%Y-%m}: {self.price_before} → {self.price_after}"
