"""The admin confined: staff see and change what belongs to their properties, as far as their role goes."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.contrib import admin
from django.core.exceptions import FieldDoesNotExist
from django.db import models
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from core.admin import HouseAdmin, HouseForm, LabelledFormSet, PlainDecimalField
from core.money import MoneyField

from .models import User
from .permissions import OPERATION_PERMISSIONS, may_with, property_ids_with, roles_for
from .selectors import staff_access
from .types import StaffAccess


def access_of(request: HttpRequest) -> StaffAccess:
    """Where the request's user works; read once per request."""
    access: StaffAccess | None = getattr(request, "staff_access", None)
    if access is None:
        access = request.staff_access = staff_access(request.user)  # type: ignore[attr-defined]
    return access


def actor_of(request: HttpRequest) -> User:
    """Who does it: nobody anonymous gets as far as an admin page."""
    assert isinstance(request.user, User)
    return request.user


def property_id_at(row: models.Model | None, path: str) -> int | None:
    """The property that a row belongs to, by the path of its model (``room_type__property``; ``pk`` for itself)."""
    *steps, last = path.split("__")
    for step in steps:
        row = getattr(row, step, None)
    attribute = "pk" if last == "pk" else f"{last}_id"
    value: int | None = getattr(row, attribute, None)
    return value


class PropertyScopedForm(HouseForm):
    """Everything a row points to belongs to the row's own property, and the user may work there."""

    def _post_clean(self) -> None:
        super()._post_clean()  # type: ignore[misc]
        model_admin = self.model_admin
        assert isinstance(model_admin, PropertyScopedAdmin)
        property_id = model_admin.property_id_of(self.instance)
        if property_id is None:
            return
        action = "add" if self.instance.pk is None else "change"
        if not model_admin.may(self.request, action, property_id):
            self.add_error(None, _("You may not do this at this property."))
        for name, value in list(self.cleaned_data.items()):
            related = model_admin.scoped_admin_of(name)
            if related is None or value is None:
                continue
            rows = [value] if isinstance(value, models.Model) else value
            if any(related.property_id_of(row) != property_id for row in rows):
                self.add_error(name, _("This belongs to another property."))


class PropertyScopedAdmin(HouseAdmin):
    """An admin of rows that belong to properties.

    ``property_path`` leads from the row to its property. Superusers see everything; other staff the rows of the
    properties where a role of theirs may, by the table in ``accounts.permissions``. Somebody else's row is a 404.
    """

    form = PropertyScopedForm
    property_path = "property"

    def property_id_of(self, row: models.Model | None) -> int | None:
        """The property a row belongs to."""
        return property_id_at(row, self.property_path)

    def may(self, request: HttpRequest, action: str, property_id: int | None = None) -> bool:
        """Whether the user may do this at the property, or, without one, at some property."""
        access, roles = access_of(request), roles_for(self.opts.label_lower, action)
        if property_id is None:
            return property_ids_with(access, roles) != []
        return may_with(access, property_id, roles)

    def operation_allowed(
        self, request: HttpRequest, operation: str, row: models.Model | None = None
    ) -> bool:
        """Whether the user may do an operation of the table with the row, or with some row."""
        access, roles = access_of(request), OPERATION_PERMISSIONS[operation]
        if row is None:
            return property_ids_with(access, roles) != []
        return may_with(access, self.property_id_of(row), roles)

    def scope(
        self, request: HttpRequest, rows: models.QuerySet[Any], property_ids: list[int] | None
    ) -> models.QuerySet[Any]:
        """Only the rows of these properties; None means all."""
        if property_ids is None:
            return rows
        return rows.filter(**{f"{self.property_path}__in": property_ids})

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Any]:
        """Only what the user may see."""
        access = access_of(request)
        ids = property_ids_with(access, roles_for(self.opts.label_lower, "view"))
        return self.scope(request, super().get_queryset(request), ids)

    def changeable(self, request: HttpRequest, rows: models.QuerySet[Any]) -> models.QuerySet[Any]:
        """Only the rows that the user may change."""
        ids = property_ids_with(access_of(request), roles_for(self.opts.label_lower, "change"))
        return self.scope(request, rows, ids)

    def operable(
        self, request: HttpRequest, operation: str, rows: models.QuerySet[Any]
    ) -> models.QuerySet[Any]:
        """Only the rows that the user may do this operation with."""
        return self.scope(
            request, rows, property_ids_with(access_of(request), OPERATION_PERMISSIONS[operation])
        )

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.may(request, "view")

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.may(request, "view", self.property_id_of(obj))

    def has_add_permission(self, request: HttpRequest) -> bool:
        return self.may(request, "add")

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.may(request, "change", self.property_id_of(obj))

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.may(request, "delete", self.property_id_of(obj))

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """Begin with the house of who works in one only."""
        initial: dict[str, Any] = super().get_changeform_initial_data(request)
        ids = self.writable_property_ids(request)
        if ids is not None and len(ids) == 1:
            initial.setdefault("property", ids[0])
        return initial

    def get_list_display(self, request: HttpRequest) -> Any:
        """Leave the house out for who works in one only."""
        columns = super().get_list_display(request)
        ids = property_ids_with(access_of(request), roles_for(self.opts.label_lower, "view"))
        is_one = ids is not None and len(ids) == 1
        return [name for name in columns if name != "property"] if is_one else columns

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """A row never moves to another property."""
        readonly = tuple(super().get_readonly_fields(request, obj))
        fixed = obj is not None and self.property_path == "property" and "property" not in readonly
        return (*readonly, "property") if fixed else readonly

    def scoped_admin_of(self, name: str) -> PropertyScopedAdmin | None:
        """The admin of what a field points to, if that belongs to a property and is not the property itself."""
        try:
            remote = self.opts.get_field(name).related_model
        except FieldDoesNotExist:
            return None
        related = self.admin_site._registry.get(remote) if remote else None
        return related if isinstance(related, PropertyScopedAdmin) else None

    def get_field_queryset(
        self, db: str | None, db_field: Any, request: HttpRequest
    ) -> models.QuerySet[Any] | None:
        """Offer only what belongs to properties where the user may write such rows."""
        rows = super().get_field_queryset(db, db_field, request)
        related = self.admin_site._registry.get(db_field.remote_field.model)
        if not isinstance(related, PropertyScopedAdmin):
            return rows
        if rows is None:
            rows = db_field.remote_field.model._default_manager.using(db)
        return related.scope(request, rows, self.writable_property_ids(request))

    def writable_property_ids(self, request: HttpRequest) -> list[int] | None:
        """Where the user may add or change rows of this model."""
        label = self.opts.label_lower
        roles = roles_for(label, "add") | roles_for(label, "change")
        return property_ids_with(access_of(request), roles)

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Name the house beside a choice where the user works in several."""
        field: Any = super().formfield_for_foreignkey(db_field, request, **kwargs)
        related = self.admin_site._registry.get(db_field.remote_field.model)
        if field is not None and isinstance(related, PropertyScopedAdmin):
            field.queryset = related.choices(field.queryset)
            field.label_from_instance = partial(related.choice_label, request)
        return field

    def choices(self, rows: models.QuerySet[Any]) -> models.QuerySet[Any]:
        """Rows with what their label in a choice needs."""
        return rows if self.property_path == "pk" else rows.select_related(self.property_path)

    def choice_label(self, request: HttpRequest, row: models.Model) -> str:
        """How a row is named in a choice; with its house where the user works in several."""
        ids = property_ids_with(access_of(request), roles_for(self.opts.label_lower, "view"))
        if self.property_path == "pk" or (ids is not None and len(ids) == 1):
            return str(row)
        house: Any = row
        for step in self.property_path.split("__"):
            house = getattr(house, step)
        return f"{row} · {house}"


class PropertyScopedInline(admin.options.InlineModelAdmin):
    """Rows that belong to their parent's property; the same table says who may what."""

    formset = LabelledFormSet
    formfield_overrides = {MoneyField: {"form_class": PlainDecimalField}}

    def _may(self, request: HttpRequest, action: str, parent: models.Model | None) -> bool:
        access, roles = access_of(request), roles_for(self.opts.label_lower, action)
        parent_admin = self.admin_site._registry[self.parent_model]
        if not isinstance(parent_admin, PropertyScopedAdmin):
            return access.is_unlimited
        property_id = parent_admin.property_id_of(parent)
        if property_id is None:
            return property_ids_with(access, roles) != []
        return may_with(access, property_id, roles)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._may(request, "view", obj)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._may(request, "add", obj)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._may(request, "change", obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._may(request, "delete", obj)
