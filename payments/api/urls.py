from django.urls import path

from . import views

urlpatterns = [path("payments/events/<str:gateway>/", views.EventsView.as_view(), name="payment-events")]
