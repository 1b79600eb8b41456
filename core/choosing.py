"""Choices as one types, in the administration."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.contrib.admin.widgets import AutocompleteSelect
from django.core.exceptions import ValidationError


class HouseAutocompleteSelect(AutocompleteSelect):
    """Django's choice as one types; shown again with what was no choice at all, it shows none instead of failing."""

    def optgroups(self, name: str, value: Sequence[str], attrs: Any = None) -> Any:
        """Leave out what the key of a row cannot be."""
        key = self.field.remote_field.model._meta.pk
        return super().optgroups(name, [one for one in value if not one or _is_key(key, one)], attrs)


def _is_key(key: Any, text: str) -> bool:
    try:
        key.run_validators(key.to_python(text))
    except ValidationError:
        return False
    return True
