"""Enrolls a passkey and signs in with it over HTTP, by an authenticator in Python that others wrote.

It reads {"port", "origin", "username", "password"} from its standard input, and prints what it was
answered, one step a line: {"step", "status", "body"}. It judges nothing.
"""

import http.client
import json
import sys
from base64 import urlsafe_b64decode, urlsafe_b64encode
from http.cookies import SimpleCookie

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from fido2 import cbor
from fido2.utils import sha256
from soft_webauthn import SoftWebauthnDevice

USER_VERIFIED = 0x04


class VerifyingDevice(SoftWebauthnDevice):
    """The same with a finger: the base class can only say that somebody is present."""

    def create(self, options, origin):
        made = super().create(options, origin)
        # Attestation `none` signs nothing.
        attestation = cbor.decode(made["response"]["attestationObject"])
        attestation["authData"] = verified(attestation["authData"])
        made["response"]["attestationObject"] = cbor.encode(attestation)
        return made

    def get(self, options, origin):
        signed = super().get(options, origin)
        response = signed["response"]
        data = verified(response["authenticatorData"])
        response["authenticatorData"] = data
        response["signature"] = self.private_key.sign(
            data + sha256(response["clientDataJSON"]), ec.ECDSA(hashes.SHA256())
        )
        return signed


def verified(data):
    """Authenticator data with the flag set; the flags follow the 32 bytes of the RP ID's hash."""
    return data[:32] + bytes([data[32] | USER_VERIFIED]) + data[33:]


def encode(data):
    return urlsafe_b64encode(data).rstrip(b"=").decode("ascii")


def decode(text):
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))


def as_json(credential):
    """WebAuthn Level 3's JSON of what a device answered."""
    response = {
        name: encode(value) for name, value in credential["response"].items() if value is not None
    }
    raw = encode(credential["rawId"])
    return {
        "id": raw,
        "rawId": raw,
        "type": credential["type"],
        "response": response,
        "clientExtensionResults": {},
    }


def creation(options):
    """Creation options with their bytes as bytes."""
    options["challenge"] = decode(options["challenge"])
    options["user"]["id"] = decode(options["user"]["id"])
    return {"publicKey": options}


def request(options):
    """Request options with their bytes as bytes."""
    options["challenge"] = decode(options["challenge"])
    return {"publicKey": options}


class Browser:
    """Cookies, and the origin that they are for."""

    def __init__(self, port, origin):
        self.port, self.origin, self.cookies = port, origin, {}

    def send(self, step, method, path, body=None):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        headers = {"Host": self.origin.split("://")[1], "Origin": self.origin}
        if self.cookies:
            pairs = (f"{name}={value}" for name, value in self.cookies.items())
            headers["Cookie"] = "; ".join(pairs)
        if method == "POST":
            headers["Content-Type"] = "application/json"
            body = json.dumps(body or {})
        connection.request(method, path, body, headers)
        answer = connection.getresponse()
        for name, value in answer.getheaders():
            if name.lower() == "set-cookie":
                for cookie in SimpleCookie(value).values():
                    self.cookies[cookie.key] = cookie.value
        told = json.loads(answer.read() or b"null")
        if step:
            print(json.dumps({"step": step, "status": answer.status, "body": told}), flush=True)
        connection.close()
        return told

    def get(self, step, path):
        return self.send(step, "GET", path)

    def post(self, step, path, body=None):
        return self.send(step, "POST", path, body)

    def enroll(self, step, device):
        options = self.post(None, "/mfa/passkeys/options")
        made = as_json(device.create(creation(options), self.origin))
        made["response"]["transports"] = ["internal"]
        self.post(step, "/mfa/passkeys", {"credential": made, "label": step})

    def asked(self, path, device):
        return as_json(device.get(request(self.post(None, path)), self.origin))


def main():
    asked = json.load(sys.stdin)
    browser = Browser(asked["port"], asked["origin"])
    credentials = {"username": asked["username"], "password": asked["password"]}

    # A key that anybody can touch is a second factor.
    key = SoftWebauthnDevice()
    browser.post("password", "/login", credentials)
    browser.enroll("touched key", key)
    browser.get("session of the enrollment", "/session")
    browser.post("logout", "/logout")
    browser.get("no session", "/session")
    browser.post("password of two", "/login", credentials)
    stranger = SoftWebauthnDevice()
    stranger.cred_init(key.rp_id, key.user_handle)
    stranger.credential_id, stranger.sign_count = key.credential_id, key.sign_count
    wrong = browser.asked("/login/mfa/options", stranger)
    browser.post("signed by another key", "/login/mfa", {"passkey": wrong})
    right = browser.asked("/login/mfa/options", key)
    browser.post("second step", "/login/mfa", {"passkey": right})
    browser.get("session of two steps", "/session")

    # One that verifies its user is the whole sign-in, found by the user's handle.
    finger = VerifyingDevice()
    browser.enroll("finger", finger)
    browser.post(None, "/logout")
    touched = browser.asked("/login/passkey/options", key)
    browser.post("touched only", "/login/passkey", {"credential": touched})
    right = browser.asked("/login/passkey/options", finger)
    browser.post("passkey alone", "/login/passkey", {"credential": right})
    browser.get("session of one step", "/session")
    browser.post("once more", "/login/passkey", {"credential": right})


main()
