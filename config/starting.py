"""Reading the settings at the start of a program, for a person at a terminal or in a log."""

from __future__ import annotations

import sys

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured


def settings_load() -> None:
    """Read the settings. What is wrong with them ends the program with one sentence instead of a traceback."""
    try:
        settings.DEBUG  # noqa: B018 - the first look reads them all
    except ImproperlyConfigured as error:
        sys.exit(f"Vacancy does not start: {error}")
