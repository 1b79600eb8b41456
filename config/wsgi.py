"""The WSGI entry point of the web processes."""

import os

import django

from config.starting import settings_load

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.dev")
settings_load()
django.setup(set_prefix=False)

from config.tracing import tracing_start  # noqa: E402 - needs the settings
from core.requests import Utf8Handler  # noqa: E402

tracing_start()
application = Utf8Handler()
