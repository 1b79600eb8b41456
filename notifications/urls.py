"""Inbox, choices and unsubscribing; in development the mailbox and the templates, too."""

from django.conf import settings
from django.urls import path

from . import views

app_name = "notifications"
urlpatterns = [
    path("inbox/", views.inbox, name="inbox"),
    path("inbox/read/", views.inbox_all_read, name="inbox_all_read"),
    path("inbox/<int:notification_id>/", views.inbox_message, name="inbox_message"),
    path("account/notifications/", views.preferences, name="preferences"),
    path("unsubscribe/<str:token>/", views.unsubscribing, name="unsubscribe"),
]

if settings.DEMO_PAGES:
    urlpatterns += [
        path("dev/mail/", views.mail_list, name="mail_list"),
        path("dev/mail/<int:notification_id>/", views.mail_detail, name="mail_detail"),
        path("dev/mail/<int:notification_id>/html/", views.mail_html, name="mail_html"),
        path("dev/mail/<int:notification_id>/receipt.pdf", views.mail_receipt, name="mail_receipt"),
        path("dev/mail/templates/", views.template_list, name="template_list"),
        path("dev/mail/templates/<slug:type_key>/", views.template_detail, name="template_detail"),
        path("dev/mail/templates/<slug:type_key>/html/", views.template_html, name="template_html"),
        path(
            "dev/mail/templates/<slug:type_key>/receipt.pdf", views.template_receipt, name="template_receipt"
        ),
    ]
