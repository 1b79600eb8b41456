"""The WSGI entry point of the web processes."""

import os

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.dev")
django.setup(set_prefix=False)

from config.tracing import tracing_start  # noqa: E402 - needs the settings
from core.requests import Utf8Handler  # noqa: E402

tracing_start()
application = Utf8Handler()
