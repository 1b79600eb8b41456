"""The log of changes: every change of an audited model, written by the database's own triggers.

    from core.audit import audited

    @audited(property_path="property")                      # a row's own property
    class Room(models.Model): ...

    @audited(property_path="folio__property", parent="folio")    # also shown in the history of its folio
    class Payment(models.Model): ...

    @audited(property_path="pk", secrets=["password"])      # that it changed is written, never what it is
    @audited(exclude=["last_seen_at"])                      # not written at all
    @audited(property_path="room_type__property", parent="room_type",
             together="date", keys=["room_type_id", "rate_plan_id"])   # written in bulk: rows that change alike share
    @audited(..., named_with=["user", "property"])          # what `__str__` follows, so that names cost one query
    @audited(..., only=["total", "blocked"])                # updates of other columns are explained elsewhere
    @audited(..., summed_up=True)                           # `audit_in_bulk` may sum up rows that an import brings

Put it directly above the class (above other decorators), then `manage.py makemigrations`. ``property_path`` leads to
the property whose staff may read the entries; without one only superusers do. Many-to-many tables are audited through
a proxy: ``@audited(...) class RoomTypeAmenity(RoomType.amenities.through): class Meta: proxy = True``.
Names in ``exclude``, ``secrets``, ``only`` and ``keys`` are columns; in ``parent``, ``together``, ``named_with``
fields.

A model that needs no log stands in ``UNAUDITED`` of tests/audit/test_every_model.py with the reason.
"""

from .bulk import audit_in_bulk
from .context import audit_origin
from .decorator import AuditSpec, audit_spec, audited

__all__ = ["AuditSpec", "audit_in_bulk", "audit_origin", "audit_spec", "audited"]
