"""Asks Countersign about a user. Whatever is no clear answer raises, and nobody gets in."""

from urllib.parse import quote

import requests
from django.conf import settings

# What a person can do something about. Any other refusal is the operator's to mend.
TOLD = {
    "invalid_code": "That code is not right.",
    "malformed_code": "That is not a code.",
    "code_already_used": "That code was used already. Wait for the next one.",
    "throttled": "Too many attempts. Wait a few minutes.",
    "codes_suspended": "Codes are off for this account. Ask for help.",
    "backup_codes_void": "The backup codes do not work any more. Ask for help.",
    "proof_required": "Sign in again to add another authenticator.",
    "no_pending_setup": "The setup took too long. Begin again.",
    "not_found": "The setup took too long. Begin again.",
    "conflict": "Something changed meanwhile. Begin again.",
    "too_many_authenticators": "There are enough authenticators.",
}


class Unavailable(Exception):
    """No answer, or one that nobody can act on here."""


class Refused(Exception):
    """A refusal with what the user is told."""

    def __init__(self, code):
        super().__init__(TOLD[code])
        self.status = 429 if code == "throttled" else 422


def ask(method, user, path, wanted, question=None):
    """What is told of a Django user, where the status is the wanted one."""
    # Ids of our own, which are never given to another user; names could be.
    address = f"{settings.COUNTERSIGN_AT}/users/{quote(f'django-{user.pk}', safe='')}{path}"
    try:
        answer = requests.request(
            method,
            address,
            headers={"Authorization": f"Bearer {settings.COUNTERSIGN_KEY}"},
            json=question,
            timeout=10,
            allow_redirects=False,
        )
        told = dict(answer.json())
    except (requests.RequestException, TypeError, ValueError) as error:
        raise Unavailable(type(error).__name__) from None
    if answer.status_code == wanted:
        return told
    if told.get("code") in TOLD:
        raise Refused(told["code"])
    raise Unavailable(f"{answer.status_code} {told.get('code')}, request {told.get('request_id')}")


def is_enrolled(user):
    """Whether to ask for the second step."""
    return ask("GET", user, "", 200)["enrolled"] is not False


def verify(user, kind, code, request):
    """The verification's id, a proof for one change; anything but an acceptance raises."""
    context = {"ip": request.META["REMOTE_ADDR"], "user_agent": request.headers.get("User-Agent", "")}
    return ask("POST", user, "/verify", 200, {kind: code, "context": context})["verification_id"]
