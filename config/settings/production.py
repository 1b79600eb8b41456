"""Production: every secret and every server comes from the environment, and a missing one stops the start."""

from __future__ import annotations

from pathlib import Path

from django.core.exceptions import ImproperlyConfigured

from config.variables.checking import environment_check

from .base import *
from .base import (
    METRICS_TOKEN,
    STRIPE_API_BASE,
    STRIPE_PUBLISHABLE_KEY,
    STRIPE_SECRET_KEY,
    STRIPE_WEBHOOK_SECRETS,
)
from .databases import databases_config, routers
from .servers import broker_config, cache_config, email_config, env

environment_check()

DEBUG = False
SECRET_KEY = env("SECRET_KEY")
if len(SECRET_KEY) < 50:
    raise ImproperlyConfigured("SECRET_KEY must have at least 50 characters.")
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS")
SITE_URL = env("SITE_URL").rstrip("/")
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[f"https://{host}" for host in ALLOWED_HOSTS])

DATABASES = databases_config(env("DATABASE_URL"))
DATABASE_ROUTERS = routers(DATABASES)
CACHES = cache_config(env("REDIS_URL"))
CELERY_BROKER_URL = broker_config(env("BROKER_URL", default=env("REDIS_URL")))

if not env("EMAIL_BACKEND", default=""):
    vars().update(email_config(env("EMAIL_URL")))

MEDIA_ROOT = env("MEDIA_ROOT")
PRIVATE_ROOT = env("PRIVATE_ROOT", default=str(Path(MEDIA_ROOT).parent / "private"))
BACKUP_ROOT = env("BACKUP_ROOT", default=str(Path(MEDIA_ROOT).parent / "backups"))
STATIC_ROOT = env("STATIC_ROOT", default=str(STATIC_ROOT))
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}

SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_SSL_REDIRECT = env.bool("SECURE_SSL_REDIRECT", default=True)
SECURE_REDIRECT_EXEMPT = [r"^livez$", r"^readyz$", r"^metrics$"]
SECURE_HSTS_SECONDS = 31_536_000
SECURE_HSTS_INCLUDE_SUBDOMAINS = True
SECURE_HSTS_PRELOAD = True
SESSION_COOKIE_SECURE = True
LANGUAGE_COOKIE_SECURE = True
CSRF_COOKIE_SECURE = True
STAFF_SECOND_FACTOR_REQUIRED = env.bool("STAFF_SECOND_FACTOR_REQUIRED", default=True)

_stripe_keys = (STRIPE_SECRET_KEY, STRIPE_PUBLISHABLE_KEY, *(STRIPE_WEBHOOK_SECRETS or [""]))
if any(_stripe_keys) and not (
    STRIPE_SECRET_KEY.startswith(("sk_", "rk_"))
    and STRIPE_PUBLISHABLE_KEY.startswith("pk_")
    and all(secret.startswith("whsec_") for secret in _stripe_keys[2:])
):
    raise ImproperlyConfigured(
        "Stripe needs STRIPE_SECRET_KEY (sk_ or rk_), STRIPE_PUBLISHABLE_KEY (pk_) and STRIPE_WEBHOOK_SECRETS (whsec_)."
    )
if not STRIPE_API_BASE.startswith("https://"):
    raise ImproperlyConfigured("STRIPE_API_BASE must begin with https://.")
if METRICS_TOKEN and len(METRICS_TOKEN) < 32:
    raise ImproperlyConfigured("METRICS_TOKEN must have at least 32 characters.")
