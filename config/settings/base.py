"""Settings every environment shares. Nothing here has a secret, and nothing here starts a server.

People, the API, background work and the house's own terms have files of their own beside this one.
"""

from __future__ import annotations

import logging
from email.utils import parseaddr
from urllib.parse import urlsplit

from csp.constants import NONE, SELF
from django.utils.translation import gettext_lazy as _

from core.observability.logging import logging_config, structlog_configure
from core.resilience.timeouts import TIMEOUT

from .api import *
from .background import *
from .backups import *
from .databases import ROLE_PARAMETERS
from .house import *
from .operating import *
from .people import *
from .privacy import *
from .recovery import *
from .servers import BASE_DIR, email_config, env
from .upgrades import *

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
    "reports.apps.ReportsConfig",
    "django.forms",
]

MIDDLEWARE = [
    "core.observability.middleware.RequestContextMiddleware",
    "core.observability.middleware.ProbeMiddleware",
    "core.security.headers.SecurityHeadersMiddleware",
    "django_structlog.middlewares.RequestMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "core.compression.CompressionMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "core.api.middleware.ApiProblemMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "core.slashes.SlashMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "core.replicas.middleware.ReplicaMiddleware",
    "core.security.sessions.IdleSessionMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "csp.middleware.CSPMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "allauth.usersessions.middleware.UserSessionsMiddleware",
    "accounts.middleware.DeviceSeenMiddleware",
    "accounts.second_factor.StaffSecondFactorMiddleware",
    "core.audit.middleware.AuditMiddleware",
    "core.pages.DomainErrorPageMiddleware",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
ASGI_APPLICATION = "config.asgi.application"
APPEND_SLASH = True
SITE_NAME = MFA_TOTP_ISSUER = env("SITE_NAME", default="Vacancy")
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
            ],
            "builtins": ["core.templatetags.icons"],
        },
    }
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"

# --- data -----------------------------------------------------------------------------------------------------------

DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
ATOMIC_REQUESTS = False
DATABASE_ROLE_PARAMETERS = ROLE_PARAMETERS
REPLICA_LAG_SECONDS_MAX = env.float("REPLICA_LAG_SECONDS_MAX", default=10)
"""A copy of the database that is further behind than this is not read."""
REPLICA_VIEWS = (
    "inventory:home",
    "inventory:search",
    "inventory:property",
    "inventory:calendar",
    "inventory:price_history",
    "bookings:property_reviews",
    "bookings:spaces",
    "api:property-list",
    "api:property",
    "api:room-type-list",
    "api:price-history",
    "api:rate-plan-list",
    "api:availability",
    "api:availability-batch",
    "api:calendar",
    "api:search",
    "api:property-reviews",
    "api:space-list",
    "api:report",
    "admin:reports",
    "admin:report",
)
"""What may be answered from a copy: catalogue, searches, reports. Nothing is sold there, or shown to its guest."""
CACHE_PAGES = True
"""Whether whole pages that are the same for everybody are cached."""
CACHE_LOCAL_MEGABYTES = env.int("CACHE_LOCAL_MEGABYTES", default=32)
"""How much of the cache each process keeps in its own memory; of whole pages as much again."""

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
FORMAT_MODULE_PATH = "config.formats"
TIME_ZONE = "UTC"
USE_I18N = True
USE_TZ = True
PHONENUMBER_DB_FORMAT = "E164"
PHONENUMBER_DEFAULT_FORMAT = "INTERNATIONAL"

# --- files ----------------------------------------------------------------------------------------------------------

STATIC_URL = "/static/"
STATIC_ROOT = BASE_DIR / "staticfiles"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATICFILES_FINDERS = [
    "django.contrib.staticfiles.finders.FileSystemFinder",
    "django.contrib.staticfiles.finders.AppDirectoriesFinder",
    "core.stylesheets.BundleFinder",
]
STYLESHEET_BUNDLES_ROOT = BASE_DIR / ".run" / "stylesheets"
STYLESHEET_BUNDLES = {
    "css/site.css": (
        "css/tokens.css",
        "css/base.css",
        "css/layout.css",
        "css/forms.css",
        "css/components/buttons.css",
        "css/components/navigation.css",
        "css/components/search.css",
        "css/components/cards.css",
        "css/components/calendar.css",
        "css/components/booking.css",
        "css/components/stays.css",
        "css/components/feedback.css",
        "css/components/toasts.css",
        "css/components/gallery.css",
        "css/components/tables.css",
        "css/components/chart.css",
        "css/components/entrance.css",
        "css/components/spaces.css",
        "css/print.css",
    )
}
MEDIA_URL = "/media/"
MEDIA_ROOT = BASE_DIR / ".run" / "media"
SERVE_MEDIA = env.bool("SERVE_MEDIA", default=True)
"""Whether the web processes hand out pictures themselves; a proxy in front may do it instead."""
PRIVATE_ROOT = env("PRIVATE_ROOT", default=str(BASE_DIR / ".run" / "private"))
"""Files that no address leads to, such as exports; every machine must see the same ones."""
EXPORT_DAYS = env.int("EXPORT_DAYS", default=7)
"""How long the file of an export is kept."""
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

# --- logs -------------------------------------------------------------------------------------------------------------

LOGGING = logging_config(json=True, level=env("LOG_LEVEL", default="INFO"))
structlog_configure()
DJANGO_STRUCTLOG_TRUST_UPSTREAM_REQUEST_ID = (
    True  # RequestContextMiddleware, before it, lets only proper ids through
)
DJANGO_STRUCTLOG_IP_LOGGING_ENABLED = False
DJANGO_STRUCTLOG_STATUS_START_LOG_LEVEL = logging.DEBUG
