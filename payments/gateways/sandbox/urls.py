from django.urls import path

from . import views

app_name = "sandbox"
urlpatterns = [path("<str:reference>/", views.bank_page, name="bank")]
