"""One site for all the documents that a module tries."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.db import connections
from pytest_django.plugin import DjangoDbBlocker

from tests.quick_flush import flush

from .site import Site, cache_empty, site_run


@pytest.fixture(scope="module")
def transactional_db(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """The database, emptied after the module instead of after each test.

    It has the name of pytest-django's own fixture, by which that knows that a database is needed.
    """
    with django_db_blocker.unblock():
        cache_empty()
        yield
        connections.close_all()
        flush("default")
        cache_empty()


@pytest.fixture(scope="module")
def site(transactional_db: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A site with the demo, whose commands commit."""
    yield from site_run(tmp_path_factory.mktemp("site"))
