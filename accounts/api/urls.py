from django.urls import path

from . import views

urlpatterns = [
    path("accounts/", views.SignUpView.as_view(), name="account-list"),
    path("accounts/me/", views.AccountView.as_view(), name="account-me"),
    path("auth/token/", views.TokenView.as_view(), name="token"),
    path("auth/tokens/", views.TokenListView.as_view(), name="token-list"),
    path("auth/tokens/<str:token_id>/", views.TokenDetailView.as_view(), name="token-detail"),
]
