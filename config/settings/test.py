"""Tests: throw-away embedded servers, whose URLs the pytest plugin puts into the environment."""

from __future__ import annotations

from pathlib import Path

from config.embedded import service_urls

from .base import *
from .base import BASE_DIR, INSTALLED_APPS, REST_FRAMEWORK
from .databases import database_config
from .servers import broker_config, cache_config, env

DEBUG = False
SECRET_KEY = "tests-only-not-a-secret-0123456789abcdefghijklmnopqrstuvwxyz"  # noqa: S105
ALLOWED_HOSTS = ["testserver", "localhost", "127.0.0.1"]

_services = service_urls(BASE_DIR / ".run")
DATABASES = {"default": database_config(_services.database_url)}
DATABASES["default"]["OPTIONS"].pop("pool")
# A test's transaction may lie idle for as long as a busy machine takes; production ends it after half a minute.
if "options" in DATABASES["default"]["OPTIONS"]:
    DATABASES["default"]["OPTIONS"]["options"] = "-c jit=off"
CACHES = cache_config(_services.redis_url)
for _name, _cache in CACHES.items():
    _cache["KEY_PREFIX"] = f"test-{_name}-{env('PYTEST_XDIST_WORKER', default='main')}"
CELERY_BROKER_URL = broker_config(_services.redis_url)

INSTALLED_APPS = [*INSTALLED_APPS, "zeal"]
FIGURES_FLUSH_SECONDS = 0
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
EFFECT_RATES_PER_SECOND = {}
MEDIA_ROOT = BASE_DIR / ".run" / "test-media"
PRIVATE_ROOT = str(BASE_DIR / ".run" / "test-private")
BACKUP_ROOT = env("BACKUP_ROOT", default=str(BASE_DIR / ".run" / "test-backups"))
ERASURES_FILE = str(Path(BACKUP_ROOT) / "erasures.jsonl")
BACKUP_KEY_FILE = BACKUP_DESTINATION = BACKUP_DATABASE_URL = ""
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
STATIC_ROOT = None  # type: ignore[assignment]
WHITENOISE_USE_FINDERS = True
# Looks for a file when it is asked for; otherwise every test client reads the hundreds of them when it is made.
WHITENOISE_AUTOREFRESH = True
DEMO_PAGES = True
OUTBOUND_ALLOW_HTTP = True
OUTBOUND_ALLOWED_NETWORKS = ["127.0.0.0/8"]
ZEAL_RAISE = True
REST_FRAMEWORK = REST_FRAMEWORK | {
    "DEFAULT_THROTTLE_RATES": {
        "client": "100000/min",
        "sensitive": "100000/min",
        "calendar_feed": "100000/min",
    }
}
STRIPE_SECRET_KEY = STRIPE_PUBLISHABLE_KEY = METRICS_TOKEN = ""
STRIPE_WEBHOOK_SECRETS = []
STRIPE_CAPTURE = "automatic"
STRIPE_API_BASE = "http://127.0.0.1:9"
"""Nobody listens there: a test that talks to Stripe brings a server of its own."""
