"""What is measured: the site as `make run` serves it, with addresses of the measurement's own besides."""

from __future__ import annotations

from config.settings.dev import *
from config.settings.dev import REST_FRAMEWORK

ROOT_URLCONF = "benchmarks.urls"
REST_FRAMEWORK = REST_FRAMEWORK | {
    # Every request is counted as always; one process that asks for all guests must not be refused.
    "DEFAULT_THROTTLE_RATES": dict.fromkeys(REST_FRAMEWORK["DEFAULT_THROTTLE_RATES"], "100000000/min")
}
