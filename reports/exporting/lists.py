"""Rows of the administration's own lists, with the filters, the search and the order of their address."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.sessions.backends.base import SessionBase
from django.db.models import Model, QuerySet
from django.http import HttpRequest, QueryDict

from accounts.models import User
from core.exceptions import ValidationFailed

from .sources import Rows


def admin_rows(model: type[Model], house_path: str = "property") -> Rows:
    """Return what gives the rows of a model's list as its page shows them, confined as the page is."""

    def rows(user: User, query: str, house_ids: list[int] | None) -> QuerySet[Any]:
        model_admin = admin.site._registry[model]
        request = _request(user, query)
        try:
            found = model_admin.get_changelist_instance(request).get_queryset(request)
        except IncorrectLookupParameters as error:
            raise ValidationFailed from error
        if house_ids is not None:
            found = found.filter(**{f"{house_path}__in": house_ids})
        return found.select_related(None)

    return rows


def _request(user: User, query: str) -> HttpRequest:
    """Return a request as the list's page would get it from this user."""
    request = HttpRequest()
    request.method = "GET"
    request.GET = QueryDict(query)
    request.user = user
    request.session = SessionBase()
    return request
