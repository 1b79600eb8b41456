"""Every field with text in it is declared as personal or not, so that a new one cannot be forgotten."""

from __future__ import annotations

from itertools import groupby
from typing import Any

import pytest
from django.apps import apps
from django.conf import settings
from django.db import models

from accounts.models import User
from accounts.privacy import holding_get, holdings

WORDLESS = (
    models.AutoField,
    models.BooleanField,
    models.DateField,
    models.DecimalField,
    models.DurationField,
    models.FloatField,
    models.GeneratedField,
    models.IntegerField,
    models.TimeField,
)
"""Numbers and times are about a person only beside words; a date of birth is declared all the same."""


def stored_models() -> list[type[models.Model]]:
    return [
        model
        for model in apps.get_models(include_auto_created=True)
        if not model._meta.proxy and model._meta.managed
    ]


def fields_with_words(model: type[models.Model]) -> set[str]:
    return {
        field.name
        for field in model._meta.concrete_fields
        if not field.is_relation and not isinstance(field, WORDLESS)
    }


@pytest.mark.parametrize("model", stored_models(), ids=lambda model: model._meta.label_lower)
def test_every_field_with_words_is_declared(model: type[models.Model]) -> None:
    label = model._meta.label_lower
    holding = holding_get(label)
    assert holding is not None, f"say in the app's privacy.py what {label} holds about people"
    missing = fields_with_words(model) - holding.declared
    assert missing == set(), f"say in the app's privacy.py whether these of {label} are personal"


@pytest.mark.parametrize("holding", holdings(), ids=lambda holding: holding.model)
def test_what_is_declared_exists_and_makes_sense(holding: Any) -> None:
    model = apps.get_model(holding.model)
    assert holding.declared - {field.name for field in model._meta.concrete_fields} == set()
    groups = (holding.personal, holding.secret, holding.shown, holding.kept, holding.plain)
    every = sorted(name for group in groups for name in group)
    assert [name for name, same in groupby(every) if len(list(same)) > 1] == []
    if holding.kept or (holding.plain and holding.erase == "keep"):
        assert holding.reason, "what is kept has a reason"
    if holding.personal:
        assert holding.title or holding.erase != "keep"


def test_what_looks_like_a_person_is_personal() -> None:
    """Names of columns that can hardly be anything else."""
    words = (
        "guest_name",
        "guest_email",
        "guest_phone",
        "full_name",
        "birth",
        "document_number",
        "user_agent",
    )
    found = [
        f"{model._meta.label_lower}.{field.name}"
        for model in stored_models()
        for field in model._meta.concrete_fields
        if any(word in field.name for word in words) or isinstance(field, models.GenericIPAddressField)
        for holding in [holding_get(model._meta.label_lower)]
        if holding is None or field.name not in {*holding.personal, *holding.secret, *holding.kept}
    ]
    assert found == []


def test_secrets_are_never_told() -> None:
    doors = ("password", "token", "secret", "nonce", "hash", "session_key", "seed", "digest")
    told = [
        f"{holding.model}.{name}"
        for holding in holdings()
        for name in holding.told
        if any(word in name for word in doors)
    ]
    assert told == []


def test_every_way_to_an_account_lets_go_or_is_declared() -> None:
    """Nothing that points to an account keeps it from being emptied; what is deleted with it is declared."""
    assert settings.AUTH_USER_MODEL == "accounts.User"
    for relation in User._meta.related_objects:
        if relation.related_model._meta.app_label == "pghistory":  # a view, not a table
            continue
        if relation.many_to_many:
            continue
        assert relation.on_delete in {models.CASCADE, models.SET_NULL}, relation.related_model
        if not relation.related_model._meta.proxy:
            assert holding_get(relation.related_model._meta.label_lower) is not None
