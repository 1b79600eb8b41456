"""The triggers that keep a property's rating equal to its published reviews, and reviews to those who stayed.

Each statement adds up what it changed per property and writes that once, the properties in order, so that two bulk
statements cannot wait for each other. Counting up and down by differences is right under any concurrency: the second
of two writers waits for the first one's row and adds to what it left.
"""

from __future__ import annotations

import pgtrigger

from inventory.models.ratings import RATING_CATEGORIES

_SUMS = ", ".join(f"sum(sign * {category}) AS {category}" for category in RATING_CATEGORIES)
_COLUMNS = ", ".join(RATING_CATEGORIES)
_ZEROS = ", ".join("0" for _category in RATING_CATEGORIES)
_SUM_COLUMNS = ", ".join(f"{category}_sum" for category in RATING_CATEGORIES)

_OLD = f"SELECT property_id, -1 AS sign, {_COLUMNS} FROM old_reviews WHERE status = 'published'"  # noqa: S608
_NEW = f"SELECT property_id, 1 AS sign, {_COLUMNS} FROM new_reviews WHERE status = 'published'"  # noqa: S608

_APPLY = f"""
FOR change IN
    SELECT property_id, sum(sign) AS reviews, {_SUMS}
      FROM (%s) changed
     GROUP BY property_id
     ORDER BY property_id
LOOP
    INSERT INTO inventory_propertyrating (property_id, review_count, {_SUM_COLUMNS})
    VALUES (change.property_id, 0, {_ZEROS})
    ON CONFLICT (property_id) DO NOTHING;
    UPDATE inventory_propertyrating
       SET review_count = review_count + change.reviews,
           {", ".join(f"{category}_sum = {category}_sum + change.{category}" for category in RATING_CATEGORIES)}
     WHERE property_id = change.property_id;
END LOOP;
RETURN NULL;
"""  # noqa: S608 - made of our own column names

_GUARD = """
IF NOT EXISTS (
    SELECT 1 FROM bookings_booking
     WHERE id = NEW.booking_id AND status = 'checked_out' AND property_id = NEW.property_id
) THEN
    RAISE EXCEPTION 'only who has stayed reviews, and only where'
          USING ERRCODE = 'check_violation', CONSTRAINT = 'review_booking_checked_out';
END IF;
RETURN NEW;
"""


def _counter(
    name: str, operation: pgtrigger.Operation, referencing: pgtrigger.Referencing, rows: str
) -> pgtrigger.Trigger:
    return pgtrigger.Trigger(
        name=name,
        level=pgtrigger.Statement,
        when=pgtrigger.After,
        operation=operation,
        referencing=referencing,
        declare=[("change", "RECORD")],
        func=_APPLY % rows,
    )


RATING_TRIGGERS = (
    pgtrigger.Trigger(
        name="who_stayed_only",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert | pgtrigger.UpdateOf("booking_id", "property_id"),
        func=_GUARD,
    ),
    _counter("rating_insert", pgtrigger.Insert, pgtrigger.Referencing(new="new_reviews"), _NEW),
    _counter("rating_delete", pgtrigger.Delete, pgtrigger.Referencing(old="old_reviews"), _OLD),
    _counter(
        "rating_update",
        pgtrigger.Update,
        pgtrigger.Referencing(old="old_reviews", new="new_reviews"),
        f"{_OLD} UNION ALL {_NEW}",
    ),
    pgtrigger.Trigger(
        name="rating_truncate",
        level=pgtrigger.Statement,
        when=pgtrigger.After,
        operation=pgtrigger.Truncate,
        func="DELETE FROM inventory_propertyrating; RETURN NULL;",
    ),
)
