"""The tests' settings for a server that many use at once on a machine which has other things to do as well."""

from config.settings.test import *  # noqa: F403 - settings are made of settings
from core import locks
from tests.concurrency.crowd import PATIENT_LOCKS_SECONDS

locks.LOCK_TIMEOUT_SECONDS = PATIENT_LOCKS_SECONDS
