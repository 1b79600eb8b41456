from django.urls import path

from . import views

app_name = "accounts"
urlpatterns = [
    path("profile/", views.profile, name="profile"),
    path("personal-data/", views.personal_data, name="personal_data"),
    path("delete/", views.account_delete, name="delete"),
    path("sessions/", views.devices, name="devices"),
]
