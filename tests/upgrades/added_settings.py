"""The tests' settings with the migrations that a test has added, for programs of their own."""

import json
import os

from config.settings.test import *  # noqa: F403 - settings are made of settings

MIGRATION_MODULES = json.loads(os.environ["ADDED_MIGRATIONS"])
