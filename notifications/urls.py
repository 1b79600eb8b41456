from django.urls import path

from . import views

app_name = "notifications"
urlpatterns = [
    path("mail/", views.mail_list, name="mail_list"),
    path("mail/<int:notification_id>/", views.mail_detail, name="mail_detail"),
    path("mail/<int:notification_id>/html/", views.mail_html, name="mail_html"),
]
