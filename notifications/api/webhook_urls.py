from django.urls import path

from . import webhooks

ENDPOINT = "webhooks/endpoints/<int:endpoint_id>/"
urlpatterns = [
    path("events/", webhooks.EventListView.as_view(), name="event-list"),
    path("webhooks/endpoints/", webhooks.EndpointListView.as_view(), name="webhook-endpoint-list"),
    path(ENDPOINT, webhooks.EndpointView.as_view(), name="webhook-endpoint"),
    path(f"{ENDPOINT}secret/", webhooks.EndpointSecretView.as_view(), name="webhook-secret"),
    path(f"{ENDPOINT}test/", webhooks.EndpointTestView.as_view(), name="webhook-test"),
    path(f"{ENDPOINT}resend/", webhooks.EndpointResendView.as_view(), name="webhook-resend"),
    path(f"{ENDPOINT}deliveries/", webhooks.DeliveryListView.as_view(), name="webhook-delivery-list"),
    path(
        f"{ENDPOINT}deliveries/<int:delivery_id>/", webhooks.DeliveryView.as_view(), name="webhook-delivery"
    ),
    path(
        f"{ENDPOINT}deliveries/<int:delivery_id>/resend/",
        webhooks.DeliveryResendView.as_view(),
        name="webhook-delivery-resend",
    ),
]
