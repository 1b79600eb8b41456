"""A person, and which rows are about them.

Somebody is an account, one or several e-mail addresses, or single rows such as a booking. Which rows of a model are
theirs say the model's own holding and `finds` of upper apps: bookings know which folios are somebody's, payments need
not know bookings.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from django.apps import apps
from django.db.models import CharField, Q
from django.db.models.functions import Lower

from .declaring import holding_get, holdings

Keys = frozenset[Any]
Finder = Callable[["Person"], Iterable[Any]]
NOBODY = Q(pk__in=())
CharField.register_lookup(Lower)  # address__lower__in, which the indexes of addresses serve

_finders: defaultdict[str, list[Finder]] = defaultdict(list)


def finds(model: str) -> Callable[[Finder], Finder]:
    """Have a function name more rows of a model (their primary keys) that are about somebody."""

    def register(finder: Finder) -> Finder:
        _finders[model].append(finder)
        return finder

    return register


class Person:
    """Whom it is about. ``rows`` are keys of rows by model that are theirs whatever they say."""

    def __init__(
        self,
        *,
        user_id: int | None = None,
        emails: Iterable[str] = (),
        rows: Mapping[str, Iterable[Any]] | None = None,
    ) -> None:
        self.user_id = user_id
        self.emails = frozenset(email.strip().lower() for email in emails if email.strip())
        self._rows = {model: frozenset(keys) for model, keys in (rows or {}).items()}
        self._found: dict[str, Keys] = {}
        self.memo: dict[str, Any] = {}
        """What finders have found out on the way, each under a name of its own."""

    def seeds(self, model: str) -> Keys:
        """The rows of a model that the person was named by."""
        return self._rows.get(model, frozenset())

    def by_user(self, field: str) -> Q:
        """Rows of the person's account."""
        return Q(**{f"{field}_id" if field != "pk" else "pk": self.user_id}) if self.user_id else NOBODY

    def by_email(self, field: str) -> Q:
        """Rows with one of the person's addresses, however it is written."""
        return Q(**{f"{field}__lower__in": sorted(self.emails)}) if self.emails else NOBODY

    def by_text(self, field: str) -> Q:
        """Rows in whose text one of the person's addresses stands. Reads the whole table."""
        wanted = NOBODY
        for email in sorted(self.emails):
            wanted |= Q(**{f"{field}__icontains": email})
        return wanted

    def by_rows(self, field: str, model: str) -> Q:
        """Rows that point to a row of the person's in another model."""
        keys = self.keys(model)
        return Q(**{f"{field}__in": keys}) if keys else NOBODY

    def keys(self, model: str) -> Keys:
        """The keys of a model's rows that are about the person. Asked once."""
        if model not in self._found:
            self._found[model] = frozenset()  # two models that ask for each other end here
            self._found[model] = self._keys(model)
        return self._found[model]

    def all_keys(self) -> dict[str, Keys]:
        """The keys of everything that is about the person, by model; models without any are left out."""
        found = {holding.model: self.keys(holding.model) for holding in holdings()}
        return {model: keys for model, keys in found.items() if keys}

    def _keys(self, model: str) -> Keys:
        holding = holding_get(model)
        keys = set(self._rows.get(model, ()))
        manager = apps.get_model(model)._default_manager
        if holding is not None and holding.find is not None:
            wanted = holding.find(self)
            if wanted != NOBODY:
                keys |= set(manager.filter(wanted).order_by().values_list("pk", flat=True))
        for finder in _finders[model]:
            keys |= set(finder(self))
        return frozenset(keys)
