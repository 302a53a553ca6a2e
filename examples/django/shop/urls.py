"""The addresses."""

from django.urls import path

from . import views

urlpatterns = [
    path("", views.home, name="home"),
    path("register", views.register, name="register"),
    path("login", views.login, name="login"),
    path("login/mfa", views.second_step, name="second-step"),
    path("logout", views.logout, name="logout"),
    path("mfa/setup", views.setup, name="setup"),
    path("mfa/confirm", views.confirm, name="confirm"),
]
