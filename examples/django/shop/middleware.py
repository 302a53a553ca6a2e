"""Lets nobody pass who has not taken the second step, whichever view they come to."""

import logging

from django.contrib import auth
from django.contrib.auth.models import AnonymousUser
from django.shortcuts import render

from .countersign import Unavailable

log = logging.getLogger("shop")


class SecondStep:
    """A signed-in user without the mark of our own second step is nobody: so a sign-in by any other way,
    such as another login view that somebody adds, opens nothing."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if request.user.is_authenticated and request.session.get("second_step") != request.user.pk:
            auth.logout(request)
            request.user = AnonymousUser()
        return self.get_response(request)

    def process_exception(self, request, exception):
        """Fails closed."""
        if not isinstance(exception, Unavailable):
            return None
        log.error("Countersign does not answer: %s", exception)
        return render(request, "unavailable.html", status=503)
