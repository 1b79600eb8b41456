"""Who people are, and what is not shown: other packages' own admin pages and the secrets of tokens."""

from allauth.account.models import EmailAddress, EmailConfirmation
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.contrib import admin
from django.contrib.auth.models import Group
from knox.models import AuthToken

from . import audit, members, personal_data, staff, users

for model in (AuthToken, Authenticator, EmailAddress, EmailConfirmation, Group, UserSession):
    if admin.site.is_registered(model):
        admin.site.unregister(model)

audit.register()
personal_data.register()

__all__ = ["audit", "members", "personal_data", "staff", "users"]
