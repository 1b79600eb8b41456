"""One set of data for all tests of a module, in a transaction that is rolled back after them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.db import connection, transaction
from pytest_django.plugin import DjangoDbBlocker

from .figures import World
from .world import build


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[World]:
    """The data. What a test writes is rolled back with it, so services may be called as well."""
    if not str(connection.settings_dict["NAME"]).startswith("test_"):
        pytest.fail(
            "Please run the whole file: pytest-django makes the database for the test that is marked."
        )
    with django_db_blocker.unblock():
        outer = transaction.atomic()
        outer._from_testcase = True  # type: ignore[attr-defined] - as Django's own tests do: durable blocks may nest
        with outer:
            yield build()
            transaction.set_rollback(True)
        with connection.cursor() as cursor:
            cursor.execute("VACUUM (ANALYZE)")
