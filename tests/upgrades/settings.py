"""The tests' settings with an address that waits."""

from config.settings.test import *  # noqa: F403 - settings are made of settings

ROOT_URLCONF = "tests.upgrades.urls"
