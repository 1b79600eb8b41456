"""The settings of the next version: its migrations, and its models."""

from tests.upgrades.added_settings import *  # noqa: F403 - settings are made of settings
from tests.upgrades.added_settings import INSTALLED_APPS

INSTALLED_APPS = [*INSTALLED_APPS, "tests.upgrades.newer.apps.NewerConfig"]
