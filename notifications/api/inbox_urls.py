from django.urls import path

from . import inbox

urlpatterns = [
    path("notifications/", inbox.InboxView.as_view(), name="notification-list"),
    path("notifications/unread-count/", inbox.UnreadCountView.as_view(), name="notification-unread-count"),
    path("notifications/read-all/", inbox.InboxReadAllView.as_view(), name="notification-read-all"),
    path("notifications/preferences/", inbox.ChoicesView.as_view(), name="notification-preferences"),
    path(
        "notifications/<int:notification_id>/read/", inbox.InboxReadView.as_view(), name="notification-read"
    ),
]
