"""Enrolls and verifies a user by the client that was generated as the package `service`.

It prints what it was told, one step a line. The user's phone is played by `countersign otp`.
"""

import os
import subprocess
import time

from service.api.enrollment import begin_enrollment, confirm_enrollment
from service.api.verification import show_user, verify
from service.client import AuthenticatedClient
from service.models import AuthenticatorType, BeginEnrollment, ConfirmEnrollment, Verification, Verify

USER = "generated / ü"


def code(secret, ahead):
    moment = str(int(time.time()) + ahead)
    asked = [os.environ["COUNTERSIGN_BIN"], "otp", "generate", "--at", moment]
    return subprocess.run(asked, input=secret, capture_output=True, text=True, check=True).stdout.strip()


def main():
    client = AuthenticatedClient(os.environ["COUNTERSIGN_AT"], os.environ["COUNTERSIGN_KEY"])
    wanted = BeginEnrollment(type_=AuthenticatorType.TOTP, account_name="alice@example.com")
    begun = begin_enrollment.sync(USER, client=client, body=wanted)
    used = code(begun.secret, 0)
    confirmed = confirm_enrollment.sync(USER, begun.id, client=client, body=ConfirmEnrollment(code=used))
    assert len(confirmed.backup_codes) == 10, confirmed
    if show_user.sync(USER, client=client).enrolled:
        print("enrolled")
    print(verify.sync(USER, client=client, body=Verify(code=used)).code.value)
    verified = verify.sync(USER, client=client, body=Verify(code=code(begun.secret, 30)))
    if isinstance(verified, Verification):
        print("verified", verified.acr)
    print(verify.sync("nobody", client=client, body=Verify(code=used)).code.value)


main()
