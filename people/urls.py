"""Addresses of people: signing in and out."""

from __future__ import annotations

from django.urls import path

from people.views import ChangePassword, SignIn, SignOut

urlpatterns = [
    path("login/", SignIn.as_view(), name="login"),
    path("logout/", SignOut.as_view(), name="logout"),
    path("password/", ChangePassword.as_view(), name="password"),
]
