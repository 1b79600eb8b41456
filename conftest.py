"""What has to be in place before any test module, or even settings, can be imported."""

import os
import sys
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

from tests import embedded_servers
from tests.browser import launch_arguments

SETTINGS = "config.settings.test"

if os.environ.get("DJANGO_SETTINGS_MODULE", SETTINGS) != SETTINGS:
    sys.exit(f"The tests run with {SETTINGS}: unset DJANGO_SETTINGS_MODULE.")
embedded_servers.start()
os.environ["DJANGO_SETTINGS_MODULE"] = SETTINGS

import django  # noqa: E402 - settings read the addresses that were just set

django.setup()

from django.conf import settings as django_settings  # noqa: E402

# In this process the cache server may answer late. What an outage costs is measured in processes of its own.
for cache in django_settings.CACHES.values():
    cache["OPTIONS"] = cache["OPTIONS"] | {"SOCKET_TIMEOUT": 5, "SOCKET_CONNECT_TIMEOUT": 5}

# A busy machine is slow, which says nothing about the code that is tested.
settings.register_profile("explore", deadline=None, suppress_health_check=[HealthCheck.too_slow])
# The same code gives the same answer; `--hypothesis-profile=explore` draws what was never drawn before.
settings.register_profile("vacancy", settings.get_profile("explore"), derandomize=True)
settings.load_profile("vacancy")

pytest_plugins = [
    "tests.no_network",
    "tests.browser",
    "tests.quick_flush",
    "tests.template_database",
    "tests.own_places",
    "tests.own_language",
]


def pytest_sessionstart(session: pytest.Session) -> None:
    """Keep the settings' name from xdist's workers until their own conftest runs.

    With it in the environment, pytest-django loads the settings before the worker's Valkey database is chosen.
    """
    if session.config.getoption("numprocesses", None):
        os.environ.pop("DJANGO_SETTINGS_MODULE", None)


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """Let pytest-playwright start the Chromium that was found."""
    return browser_type_launch_args | launch_arguments()
