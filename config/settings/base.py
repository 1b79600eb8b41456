"""Settings every environment shares. Nothing here has a secret, and nothing here starts a server."""

from __future__ import annotations

import logging
from datetime import timedelta
from email.utils import parseaddr
from pathlib import Path
from urllib.parse import urlsplit

import environ
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

from core.observability.logging import logging_config, structlog_configure
from core.resilience.timeouts import TIMEOUT

BASE_DIR = Path(__file__).resolve().parents[2]
env = environ.Env()

INSTALLED_APPS = [
    "config.apps.VacancyAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",
    "django.contrib.messages",
    "django.contrib.postgres",
    "django.contrib.sessions",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "csp",
    "django_filters",
    "django_htmx",
    "django_structlog",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "knox",
    "pghistory",
    "pgtrigger",
    "phonenumber_field",
    "rest_framework",
    "core.apps.CoreConfig",
    "accounts.apps.AccountsConfig",
    "inventory.apps.InventoryConfig",
    "payments.apps.PaymentsConfig",
    "notifications.apps.NotificationsConfig",
    "bookings.apps.BookingsConfig",
    "waitlist.apps.WaitlistConfig",
    "django.forms",
]

MIDDLEWARE = [
    "core.observability.middleware.RequestContextMiddleware",
    "django_structlog.middlewares.RequestMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django_http_compression.middleware.HttpCompressionMiddleware",
    "core.api.middleware.ApiProblemMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "core.security.sessions.IdleSessionMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "csp.middleware.CSPMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "allauth.usersessions.middleware.UserSessionsMiddleware",
    "pghistory.middleware.HistoryMiddleware",
    "core.pages.DomainErrorPageMiddleware",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
ASGI_APPLICATION = "config.asgi.application"
APPEND_SLASH = True
SITE_NAME = env("SITE_NAME", default="Vacancy")
SITE_URL = env("SITE_URL", default=f"http://localhost:{env('PORT', default='8000')}").rstrip("/")
"""Where guests reach the site; links in mails begin with it."""

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "config.context_processors.site",
            ]
        },
    }
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"

# --- data -----------------------------------------------------------------------------------------------------------

DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
ATOMIC_REQUESTS = False


def database_config(url: str) -> dict[str, object]:
    """PostgreSQL with psycopg's pool. JIT is off: it cost single pages 166 ms."""
    config: dict[str, object] = dict(env.db_url_config(url))
    config["CONN_HEALTH_CHECKS"] = True
    config["OPTIONS"] = dict(config.get("OPTIONS") or {}) | {  # type: ignore[call-overload]
        "pool": {
            "min_size": env.int("DB_POOL_MIN", default=1),
            "max_size": env.int("DB_POOL_MAX", default=10),
            "timeout": 5,
        },
        "options": "-c jit=off -c statement_timeout=30000 -c idle_in_transaction_session_timeout=30000",
    }
    return config


def broker_config(url: str) -> str:
    """The broker's address as Celery reads it: a UNIX socket has a scheme of its own, and its database another name."""
    return url.replace("unix://", "redis+socket://").replace("?db=", "?virtual_host=")


def cache_config(url: str) -> dict[str, dict[str, object]]:
    """Valkey through django-redis, with timeouts that a paused server cannot stretch."""
    return {
        "default": {
            "BACKEND": "core.cache.backend.FailOpenCache",
            "LOCATION": url,
            "KEY_PREFIX": "vacancy",
            "OPTIONS": {
                "CLIENT_CLASS": "core.cache.backend.SkippingClient",
                "REDIS_CLIENT_CLASS": "core.cache.client.CountedRedis",
                "IGNORE_EXCEPTIONS": True,
                "SOCKET_TIMEOUT": 0.25,
                "SOCKET_CONNECT_TIMEOUT": 0.25,
            },
        }
    }


SESSION_ENGINE = "django.contrib.sessions.backends.db"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SAMESITE = "Lax"
STAFF_IDLE_MINUTES = 30
IDEMPOTENCY_KEY_HOURS = 72

# --- people ---------------------------------------------------------------------------------------------------------

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    "django.contrib.auth.backends.ModelBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "bookings:dashboard"
LOGOUT_REDIRECT_URL = "inventory:home"
ACCOUNT_ADAPTER = "accounts.adapters.AccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_FORMS = {"signup": "accounts.forms.SignupForm"}
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED = False
ACCOUNT_CONFIRM_EMAIL_ON_GET = False
ACCOUNT_LOGIN_ON_EMAIL_CONFIRMATION = False
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = False
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_RATE_LIMITS = {
    "login": "20/m/ip",
    "login_failed": "10/m/ip,5/5m/key",
    "signup": "20/m/ip",
    "confirm_email": "1/3m/key",
    "reset_password": "20/m/ip,5/m/key",
}
""""key" is the account that is tried. Without a cache server nobody is counted and nobody is refused."""
STAFF_SECOND_FACTOR_REQUIRED = False
"""Whether staff must have an authenticator app before the administration and the API let them in."""
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_ISSUER = SITE_NAME
MFA_TOTP_TOLERANCE = 1
"""The code before and the one after count too: who types slowly, or has a clock that is off, is let in."""
USERSESSIONS_TRACK_ACTIVITY = False

# --- language and time ----------------------------------------------------------------------------------------------

LANGUAGE_CODE = "en"
LANGUAGES = [
    ("en", _("English")),
    ("de", _("German")),
    ("es", _("Spanish")),
    ("fr", _("French")),
    ("pt", _("Portuguese")),
]
LOCALE_PATHS = [BASE_DIR / "locale"]
TIME_ZONE = "UTC"
USE_I18N = True
USE_TZ = True
PHONENUMBER_DB_FORMAT = "E164"
PHONENUMBER_DEFAULT_FORMAT = "INTERNATIONAL"

# --- files ----------------------------------------------------------------------------------------------------------

STATIC_URL = "/static/"
STATIC_ROOT = BASE_DIR / "staticfiles"
STATICFILES_DIRS = [BASE_DIR / "static"]
MEDIA_URL = "/media/"
MEDIA_ROOT = BASE_DIR / ".run" / "media"
SERVE_MEDIA = env.bool("SERVE_MEDIA", default=True)
"""Whether the web processes hand out pictures themselves; a proxy in front may do it instead."""
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_500_000
FILE_UPLOAD_MAX_MEMORY_SIZE = 2_500_000
UPLOAD_MAX_BYTES = 12_000_000

# --- messages -------------------------------------------------------------------------------------------------------

DEFAULT_FROM_EMAIL = env("DEFAULT_FROM_EMAIL", default=f"{SITE_NAME} <noreply@{urlsplit(SITE_URL).hostname}>")
SERVER_EMAIL = DEFAULT_FROM_EMAIL
MAIL_DOMAIN = parseaddr(DEFAULT_FROM_EMAIL)[1].rpartition("@")[2]
"""What the ids of our mails end with."""
ANYMAIL = env.json("ANYMAIL", default={})
"""What a provider's back end of django-anymail needs, as JSON: `{"POSTMARK_SERVER_TOKEN": "..."}`."""
ANYMAIL_REQUESTS_TIMEOUT = TIMEOUT


def email_config(url: str) -> dict[str, object]:
    """The mail server of an address such as `smtp+tls://user:password@host:587`; `EMAIL_BACKEND` names another way."""
    config: dict[str, object] = dict(env.email_url_config(url))
    if config["EMAIL_BACKEND"] == "django.core.mail.backends.smtp.EmailBackend":
        config["EMAIL_BACKEND"] = "notifications.channels.smtp.EmailBackend"
    return config | {"EMAIL_BACKEND": env("EMAIL_BACKEND", default=config["EMAIL_BACKEND"])}


vars().update(email_config(env("EMAIL_URL", default="dummymail://")))
SMS_GATEWAY = env("SMS_GATEWAY", default="")
"""The class that takes text messages; empty: none are sent."""
RECEIPT_FONTS = env.list("RECEIPT_FONTS", default=[])
"""TrueType files for names in scripts that the built-in font lacks, tried in this order before those of the system."""

# --- security -------------------------------------------------------------------------------------------------------

SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CSRF_FAILURE_VIEW = "core.api.problems.csrf_failure"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "object-src": [NONE],
        "base-uri": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}

# --- API ------------------------------------------------------------------------------------------------------------

REST_FRAMEWORK = {
    "EXCEPTION_HANDLER": "core.api.problems.problem_exception_handler",
    "DEFAULT_SCHEMA_CLASS": "core.api.schema.ProblemAutoSchema",
    "DEFAULT_PAGINATION_CLASS": "core.api.pagination.PagePagination",
    "DEFAULT_THROTTLE_CLASSES": [
        "core.api.throttling.ClientRateThrottle",
        "core.api.throttling.SensitiveRateThrottle",
    ],
    "DEFAULT_THROTTLE_RATES": {"client": "100/min", "sensitive": "20/min", "calendar_feed": "300/min"},
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["core.api.parsers.StrictJSONParser"],
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "accounts.authentication.ApiTokenAuthentication",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.AllowAny"],
    "DEFAULT_FILTER_BACKENDS": ["django_filters.rest_framework.DjangoFilterBackend"],
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
    "NUM_PROXIES": env.int("NUM_PROXIES", default=0),
}
REST_KNOX = {
    "TOKEN_TTL": timedelta(days=30),
    "TOKEN_LIMIT_PER_USER": 20,
    "TOKEN_PREFIX": "vac_",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Vacancy API",
    "DESCRIPTION": (
        "Find rooms, quote stays, book, pay and cancel.\n\n"
        "Amounts are decimals in strings with their currency. Nights are dates; a stay is from its arrival to its "
        "departure, which is not slept in. Every refusal is a problem document (RFC 9457) with a `code` for programs; "
        "fields that do not exist are refused by name. What moves rooms or money takes an `Idempotency-Key` and "
        "happens once. Log in with a token (`Authorization: Token …`), or open one booking with its own "
        "(`X-Booking-Token`). Lists come in pages; limits are told in `X-RateLimit-*`."
    ),
    "VERSION": "1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "REDOC_DIST": "SIDECAR",
    "COMPONENT_SPLIT_REQUEST": True,
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "SWAGGER_UI_SETTINGS": {"deepLinking": True, "defaultModelsExpandDepth": 0},
    "TAGS": [
        {"name": "properties", "description": "What is the same for every guest."},
        {"name": "availability", "description": "Free rooms and prices for a stay, and why there are none."},
        {"name": "quotes", "description": "What a stay costs, line by line, to the cent."},
        {"name": "bookings", "description": "From the hold to the end of the stay."},
        {"name": "payments", "description": "Paying for a booking, and what providers tell us."},
        {"name": "waitlist", "description": "Waiting for a room, and what is offered when one comes free."},
        {"name": "notifications", "description": "One's inbox, and what one wants to be told."},
        {"name": "calendars", "description": "For staff: calendars that are exchanged with other channels."},
        {"name": "alerts", "description": "Prices that are watched."},
        {"name": "webhooks", "description": "Telling programs what happens, and what has happened."},
        {"name": "accounts", "description": "One's own account."},
        {"name": "tokens", "description": "How programs log in."},
        {"name": "system", "description": "For staff."},
    ],
    "ENUM_NAME_OVERRIDES": {
        "EventTypeEnum": "notifications.api.webhook_serializers.TYPES",
        "DeliveryStatusEnum": "notifications.models.DeliveryStatus",
        "NotificationChannelEnum": "notifications.models.Channel",
        "NotificationCategoryEnum": "notifications.api.inbox_serializers.CATEGORIES",
        "ConflictStateEnum": "inventory.models.ConflictState",
        "ConflictEndEnum": "inventory.models.ConflictEnd",
        "BookingStatusEnum": "bookings.transitions.BookingStatus",
        "WaitlistEntryStatusEnum": "waitlist.transitions.EntryStatus",
        "WaitlistOfferStatusEnum": "waitlist.transitions.OfferStatus",
        "PaymentStatusEnum": "payments.models.PaymentStatus",
        "RefundStatusEnum": "payments.models.RefundStatus",
        "BookingChannelEnum": "bookings.models.BookingChannel",
        "NewBookingChannelEnum": "bookings.api.inputs.CHANNELS",
        "BoardEnum": "inventory.models.BoardBasis",
        "QuoteLineKindEnum": "inventory.types.QuoteLineKind",
        "DepositKindEnum": "inventory.models.policies.DepositKind",
    },
}

# --- background work ------------------------------------------------------------------------------------------------

CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_SOFT_TIME_LIMIT = 540
CELERY_TASK_TIME_LIMIT = 600
CELERY_TASK_DEFAULT_QUEUE = "processing"
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 900,  # longer than any task may take
    "unacked_restore_throttle": 1,
    "socket_timeout": 5,
    "socket_connect_timeout": 5,
}
CELERY_WORKER_CANCEL_LONG_RUNNING_TASKS_ON_CONNECTION_LOSS = False
CELERY_WORKER_HIJACK_ROOT_LOGGER = False

EFFECT_CONCURRENCY = {"email": 3, "processing": 5, "scheduled": 2}
"""How many effects of a queue run at a time, on all machines together."""
EFFECT_RATES_PER_SECOND: dict[str, float] = {"email": 10}
"""How many effects of a queue start in a second, on all machines together."""
EFFECT_LEASE_SECONDS = 30
"""A running effect whose process is gone is due again after so long; a living one renews its lease."""
EFFECT_DISPATCH_LEASE_SECONDS = 60
"""An effect that was handed over and that nobody began is due again after so long."""
BROKER_ANSWER_SECONDS = 1.0
"""How long the dispatcher waits for the broker to take a message."""
BROKER_PAUSE_SECONDS_MAX = 10.0
"""How long the dispatcher leaves a broker alone that does not answer."""
EFFECTS_KEPT_DAYS = 90
"""How long effects are kept, and with them their dedup keys, once they are done or discarded."""

# --- house ----------------------------------------------------------------------------------------------------------

BOOKING_HOLD_MINUTES = 15
WAITLIST_OFFER_HOURS = env.int("WAITLIST_OFFER_HOURS", default=24)
"""How long who waits may think about an offer; near arrival it is less."""
INVENTORY_DAYS_AHEAD = 760
REVIEW_WINDOW_DAYS = 180
"""How long after departure a guest may review."""
REVIEW_EDIT_HOURS = 24
"""How long a guest may change a review that is not published yet."""
REVIEWS_MODERATED = env.bool("REVIEWS_MODERATED", default=True)
"""Whether staff look at a review before it is published; without, it is public at once and stays as it was sent."""
PAYMENT_RETURN_HOSTS = env.list("PAYMENT_RETURN_HOSTS", default=[])
"""Hosts besides the site's own that programs may let a bank send guests back to."""
OUTBOUND_ALLOW_HTTP = env.bool("OUTBOUND_ALLOW_HTTP", default=False)
"""Whether addresses that users give us (webhook endpoints, calendars) may be `http://`."""
OUTBOUND_ALLOWED_PORTS = env.list("OUTBOUND_ALLOWED_PORTS", cast=int, default=[443, 8443])
OUTBOUND_ALLOWED_NETWORKS = env.list("OUTBOUND_ALLOWED_NETWORKS", default=[])
"""Networks that are called although they are not public, such as `10.20.0.0/16`, on any port."""
WEBHOOK_EVENT_DAYS = env.int("WEBHOOK_EVENT_DAYS", default=90)
"""How long events, and what was delivered of them, are kept for programs that come back late."""
OUTBOUND_CA_FILE = env("OUTBOUND_CA_FILE", default="")
"""Authorities that vouch for these addresses, in PEM; empty: the usual ones."""
STRIPE_SECRET_KEY = env("STRIPE_SECRET_KEY", default="")
STRIPE_PUBLISHABLE_KEY = env("STRIPE_PUBLISHABLE_KEY", default="")
STRIPE_WEBHOOK_SECRETS = env.list("STRIPE_WEBHOOK_SECRETS", default=[])
"""With all three, cards can be taken through Stripe. More than one secret while one replaces another."""
STRIPE_CAPTURE = env("STRIPE_CAPTURE", default="automatic")
"""`automatic` takes the money at once; `manual` has the guest's bank put it aside, and staff take it."""
STRIPE_API_BASE = env("STRIPE_API_BASE", default="https://api.stripe.com")
METRICS_TOKEN = env("METRICS_TOKEN", default="")
"""Opens /metrics to a collector on another machine, as a bearer token."""
DEMO_PAGES = False
"""Pages that must not exist in production: the mails of the outbox, and the sandbox's bank."""

if STRIPE_CAPTURE not in {"automatic", "manual"}:
    raise ImproperlyConfigured("STRIPE_CAPTURE is automatic or manual.")

LOGGING = logging_config(json=True, level=env("LOG_LEVEL", default="INFO"))
structlog_configure()
DJANGO_STRUCTLOG_TRUST_UPSTREAM_REQUEST_ID = (
    True  # RequestContextMiddleware, before it, lets only proper ids through
)
DJANGO_STRUCTLOG_IP_LOGGING_ENABLED = False
DJANGO_STRUCTLOG_STATUS_START_LOG_LEVEL = logging.DEBUG
