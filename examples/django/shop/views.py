"""Signing in by two steps, and enrolling the second."""

import time

from django.contrib import auth
from django.contrib.auth.decorators import login_required
from django.contrib.auth.forms import AuthenticationForm, UserCreationForm
from django.contrib.auth.models import User
from django.contrib.sessions.models import Session
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from . import countersign
from .countersign import Refused

PENDING = 10 * 60  # seconds in which the second step must follow the first
FRESH = 5 * 60  # seconds after a sign-in in which authenticators may be changed


def open_session(request, user, proof=None):
    """Signs in under a new session id; what the browser had before is gone."""
    request.session.flush()
    auth.login(request, user)
    request.session.update({"second_step": user.pk, "opened_at": time.time(), "proof": proof})


@require_http_methods(["GET", "POST"])
@sensitive_post_parameters()
@never_cache
def register(request):
    form = UserCreationForm(request.POST or None)
    if form.is_valid():
        form.save()
        return redirect("login")
    return render(request, "form.html", {"title": "Register", "form": form})


@require_http_methods(["GET", "POST"])
@sensitive_post_parameters()
@never_cache
def login(request):
    """The first step. With a second factor it opens no session, but notes who may take the second step."""
    form = AuthenticationForm(request, request.POST or None)
    if not form.is_valid():
        return render(request, "form.html", {"title": "Sign in", "form": form})
    user = form.get_user()
    if countersign.is_enrolled(user):
        request.session.flush()
        request.session.update({"pending": user.pk, "pending_until": time.time() + PENDING})
        return redirect("second-step")
    open_session(request, user)
    return redirect("home")


@require_http_methods(["GET", "POST"])
@sensitive_post_parameters()
@never_cache
def second_step(request):
    pending = request.session.get("pending_until", 0) > time.time()
    user = User.objects.filter(pk=request.session.get("pending"), is_active=True).first() if pending else None
    if user is None:
        return redirect("login")
    if request.method == "GET":
        return render(request, "second_step.html")
    kind = "backup_code" if request.POST.get("backup_code") else "code"
    try:
        proof = countersign.verify(user, kind, request.POST.get(kind, ""), request)
    except Refused as refused:
        return render(request, "second_step.html", {"said": refused}, status=refused.status)
    open_session(request, user, proof)
    return redirect("home")


@require_GET
@login_required
@never_cache
def home(request):
    return render(request, "home.html")


@require_POST
def logout(request):
    auth.logout(request)
    return redirect("login")


@require_POST
@login_required
@never_cache
def setup(request):
    """Begins an enrollment; who has an authenticator needs the proof of the sign-in. It works once."""
    if request.session["opened_at"] < time.time() - FRESH:
        auth.logout(request)
        return redirect("login")
    question = {"type": "totp", "account_name": request.user.get_username()[:64], "proof": request.session["proof"]}
    try:
        begun = countersign.ask("POST", request.user, "/authenticators", 201, question)
    except Refused as refused:
        return render(request, "home.html", {"said": refused}, status=refused.status)
    request.session.update({"enrolling": begun["id"], "proof": None})
    return render(request, "setup.html", {"begun": begun})


@require_POST
@login_required
@never_cache
def confirm(request):
    if "enrolling" not in request.session:
        return redirect("home")
    path = f"/authenticators/{request.session['enrolling']}/confirm"
    question = {"code": request.POST.get("code", "")}
    try:
        confirmed = countersign.ask("POST", request.user, path, 200, question)
    except Refused as refused:
        return render(request, "setup.html", {"said": refused}, status=refused.status)
    user = request.user
    end_sessions(user)
    open_session(request, user)
    return render(request, "codes.html", {"codes": confirmed.get("backup_codes", [])})


def end_sessions(user):
    """Sessions that were opened with the password alone end. This reads all that there are: with many, keep
    the user beside each."""
    for session in Session.objects.all():
        if session.get_decoded().get("second_step") == user.pk:
            session.delete()
