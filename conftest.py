"""What has to be in place before any test module, or even settings, can be imported."""

import os

from tests import embedded_servers

embedded_servers.start()
os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings.test"

import django  # noqa: E402 - settings read the addresses that were just set

django.setup()

pytest_plugins = ["tests.no_network"]
