"""Development: embedded PostgreSQL and Valkey unless the environment names others."""

from __future__ import annotations

from config.embedded import service_urls
from core.observability.logging import logging_config

from .base import *
from .base import BASE_DIR, INSTALLED_APPS, MIDDLEWARE
from .databases import databases_config, routers
from .servers import broker_config, cache_config, env

DEBUG = env.bool("DEBUG", default=True)
SECRET_KEY = "development-only-not-a-secret-0123456789abcdefghijklmnopqrstuvwxyz"  # noqa: S105
ALLOWED_HOSTS = ["localhost", "127.0.0.1", "[::1]", "testserver"]
INTERNAL_IPS = ["127.0.0.1"]

RUN_DIR = BASE_DIR / ".run"
_services = service_urls(RUN_DIR)
DATABASES = databases_config(_services.database_url)
DATABASE_ROUTERS = routers(DATABASES)
CACHES = cache_config(_services.redis_url)
CELERY_BROKER_URL = broker_config(_services.redis_url)
CELERY_BEAT_SCHEDULE_FILENAME = str(RUN_DIR / "beat-schedule")

STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
STATIC_ROOT = None  # type: ignore[assignment]
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = DEBUG
DEMO_PAGES = True
CACHE_PAGES = not DEBUG  # a template that was just changed is to be seen
OUTBOUND_ALLOW_HTTP = True
OUTBOUND_ALLOWED_NETWORKS = ["127.0.0.0/8", "::1/128"]
SMS_GATEWAY = env("SMS_GATEWAY", default="notifications.channels.sms.ConsoleGateway")
LOGGING = logging_config(json=False, level=env("LOG_LEVEL", default="INFO"))

if DEBUG:
    INSTALLED_APPS = [*INSTALLED_APPS, "debug_toolbar", "django_extensions", "zeal"]
    # The toolbar writes into pages before they are compressed, or a browser would never see it.
    _compression = MIDDLEWARE.index("core.compression.CompressionMiddleware")
    MIDDLEWARE = [
        *MIDDLEWARE[: _compression + 1],
        "debug_toolbar.middleware.DebugToolbarMiddleware",
        *MIDDLEWARE[_compression + 1 :],
        "zeal.middleware.zeal_middleware",
    ]
    DEBUG_TOOLBAR_CONFIG = {"SHOW_COLLAPSED": True, "UPDATE_ON_FETCH": True}
    ZEAL_RAISE = True
    ZEAL_ALLOWLIST: list[dict[str, str]] = [
        # A check-out pays, invoices and leaves in three transactions, and each locks the folio again.
        {"model": "payments.Folio", "field": "get*"},
        # allauth asks for the address in each step of a log-in.
        {"model": "account.EmailAddress", "field": "get*"},
    ]
