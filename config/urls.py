"""All addresses of the site."""

from __future__ import annotations

from django.conf import settings
from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path

from config.language import language_set
from config.styleguide import styleguide
from core.media import media_file
from core.security.robots import robots_file

# Problem documents below /api/, pages elsewhere.
handler400 = "core.api.problems.bad_request"
handler403 = "core.api.problems.permission_denied"
handler404 = "core.api.problems.page_not_found"
handler500 = "core.api.problems.server_error"

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("core.observability.urls")),
    path("", include("inventory.urls")),
    path("", include("bookings.urls")),
    path("", include("notifications.urls")),
    path("", include("waitlist.urls")),
    path("account/", include("accounts.urls")),
    path("account/", include("allauth.urls")),
    path("language/setlang/", language_set, name="set_language"),
    path("admin/", admin.site.urls),
    path("api/", include("config.api_urls")),
    path("media/<path:path>", media_file),
    path("robots.txt", robots_file, name="robots"),
]

if settings.DEMO_PAGES:
    urlpatterns += [
        path("dev/style/", styleguide, name="styleguide"),
        path("dev/bank/", include("payments.gateways.sandbox.urls")),
    ]
if "debug_toolbar" in settings.INSTALLED_APPS:
    from debug_toolbar.toolbar import debug_toolbar_urls

    urlpatterns += debug_toolbar_urls()
