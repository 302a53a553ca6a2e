"""A Flask application with its own users, passwords and sessions. The second step is Countersign's.

    diff -u before.py app.py

shows what it replaces: pyotp, qrcode, Redis, Fernet and bcrypt.
"""

import os
import secrets
import sqlite3
import time
import uuid
from urllib.parse import quote

import requests
from flask import Flask, abort, g, jsonify, request, session
from werkzeug.security import check_password_hash, generate_password_hash

app = Flask(__name__)
app.config.update(
    SECRET_KEY=os.environ["SECRET_KEY"],
    DATABASE=os.environ.get("DATABASE", "users.db"),
    MAX_CONTENT_LENGTH=16 * 1024,
    SESSION_COOKIE_SAMESITE="Lax",
    SESSION_COOKIE_SECURE=os.environ.get("PLAIN_HTTP") != "1",
)

PENDING = 10 * 60  # seconds in which the second step must follow the first
FRESH = 5 * 60  # seconds after a sign-in in which authenticators may be changed
SESSION = 24 * 60 * 60  # seconds that a session lives
NOBODY = generate_password_hash("nobody's password")

COUNTERSIGN = os.environ.get("COUNTERSIGN_AT", "http://localhost:8080/v1")
COUNTERSIGN_KEY = os.environ["COUNTERSIGN_KEY"]
# What a person can do something about. Any other refusal is the operator's to mend.
TOLD = {
    "invalid_code", "malformed_code", "code_already_used", "throttled", "codes_suspended", "backup_codes_void",
    "proof_required", "no_pending_setup", "not_found", "conflict", "too_many_authenticators",
}


# The application's own: users, passwords, sessions.


def database():
    if "database" not in g:
        g.database = sqlite3.connect(app.config["DATABASE"], isolation_level=None)
        g.database.executescript(
            """
            CREATE TABLE IF NOT EXISTS users (
                id TEXT PRIMARY KEY, name TEXT NOT NULL UNIQUE, password TEXT NOT NULL);
            CREATE TABLE IF NOT EXISTS sessions (
                id TEXT PRIMARY KEY, user_id TEXT NOT NULL, opened_at REAL NOT NULL, proof TEXT);
            """
        )
    return g.database


@app.teardown_appcontext
def close_database(_):
    if "database" in g:
        g.pop("database").close()


def body():
    """The body's fields, all of them texts; JSON alone, which no form of another site can send."""
    sent = request.get_json()
    if not isinstance(sent, dict) or not all(isinstance(value, str) for value in sent.values()):
        refuse(400, "invalid_fields")
    return sent


def fields(*names):
    sent = body()
    if not all(name in sent for name in names):
        refuse(400, "invalid_fields")
    return [sent[name] for name in names]


def refuse(status, code, **more):
    answer = jsonify(error=code, **more)
    answer.status_code = status
    abort(answer)


def open_session(user_id, proof=None):
    """A new session under a new id; what the browser had before is gone."""
    session.clear()
    session["id"] = secrets.token_urlsafe(32)
    row = (session["id"], user_id, time.time(), proof)
    database().execute("INSERT INTO sessions VALUES (?, ?, ?, ?)", row)


def signed_in(fresh=False):
    """The user's id and name, or 401. A pending login is nobody."""
    row = database().execute(
        "SELECT users.id, users.name, opened_at FROM sessions JOIN users ON users.id = user_id"
        " WHERE sessions.id = ? AND opened_at > ?",
        (session.get("id"), time.time() - SESSION),
    ).fetchone()
    if row is None:
        refuse(401, "not_signed_in")
    if fresh and row[2] < time.time() - FRESH:
        refuse(401, "reauthentication_required")
    return row[0], row[1]


def pending():
    """Whose password was right in this browser a short while ago, or 400."""
    if session.get("pending_until", 0) < time.time():
        refuse(400, "password_step_required")
    return session["pending"]


@app.post("/register")
def register():
    name, password = fields("username", "password")
    if not 1 <= len(name) <= 64 or ":" in name or not name.isprintable() or not 15 <= len(password) <= 128:
        refuse(422, "invalid_fields")
    try:
        database().execute(
            "INSERT INTO users (id, name, password) VALUES (?, ?, ?)",
            (str(uuid.uuid4()), name, generate_password_hash(password)),
        )
    except sqlite3.IntegrityError:
        refuse(409, "name_taken")
    return jsonify(status="registered"), 201


@app.get("/me")
def me():
    _, name = signed_in()
    return jsonify(name=name)


@app.post("/logout")
def logout():
    body()
    database().execute("DELETE FROM sessions WHERE id = ?", (session.get("id"),))
    session.clear()
    return jsonify(status="logged out")


# The second step.


def countersign(method, user_id, path, question=None):
    """Asks about a user: the status and what was told. No answer, or one that nobody can act on, is 503 here."""
    try:
        answer = requests.request(
            method,
            f"{COUNTERSIGN}/users/{quote(user_id, safe='')}{path}",
            headers={"Authorization": f"Bearer {COUNTERSIGN_KEY}"},
            json=question,
            timeout=10,
            allow_redirects=False,
        )
        told = dict(answer.json())
    except (requests.RequestException, TypeError, ValueError) as error:
        app.logger.error("Countersign does not answer: %s", type(error).__name__)
        refuse(503, "second_step_unavailable")
    if not answer.ok and told.get("code") not in TOLD:
        app.logger.error("Countersign: %s %s, request %s", answer.status_code, told.get("code"), told.get("request_id"))
        refuse(503, "second_step_unavailable")
    return answer.status_code, told


@app.post("/mfa/setup")
def setup():
    body()
    user_id, name = signed_in(fresh=True)
    # Who has an authenticator needs the proof of the sign-in to add another. It works once.
    (proof,) = database().execute("SELECT proof FROM sessions WHERE id = ?", (session["id"],)).fetchone()
    wanted = {"type": "totp", "account_name": name, "proof": proof}
    status, begun = countersign("POST", user_id, "/authenticators", wanted)
    if status != 201:
        refuse(403 if begun["code"] == "proof_required" else 409, begun["code"])
    session["enrolling"] = begun["id"]
    return jsonify(secret=begun["secret"], uri=begun["uri"], qr_data_uri=begun["qr_data_uri"]), 201


@app.post("/mfa/confirm")
def confirm():
    user_id, _ = signed_in()
    (code,) = fields("code")
    if "enrolling" not in session:
        refuse(400, "no_pending_setup")
    path = f"/authenticators/{session['enrolling']}/confirm"
    status, confirmed = countersign("POST", user_id, path, {"code": code})
    if status != 200:
        refuse(400, confirmed["code"])
    database().execute("DELETE FROM sessions WHERE user_id = ?", (user_id,))
    open_session(user_id)
    return jsonify(status="MFA enabled", backup_codes=confirmed.get("backup_codes", []))


@app.post("/login")
def login():
    name, password = fields("username", "password")
    row = database().execute("SELECT id, password FROM users WHERE name = ?", (name,)).fetchone()
    if not check_password_hash(row[1] if row else NOBODY, password) or row is None:
        refuse(401, "invalid_credentials")
    session.clear()
    status, user = countersign("GET", row[0], "")
    if status != 200:
        refuse(503, "second_step_unavailable")
    if user["enrolled"] is False:
        open_session(row[0])
        return jsonify(status="logged in")
    session["pending"], session["pending_until"] = row[0], time.time() + PENDING
    return jsonify(requires_mfa=True, methods=user["methods"])


@app.post("/login/mfa")
def login_mfa():
    user_id = pending()
    kind = "backup_code" if "backup_code" in body() else "code"
    (code,) = fields(kind)
    context = {"ip": request.remote_addr, "user_agent": request.user_agent.string}
    status, verified = countersign("POST", user_id, "/verify", {kind: code, "context": context})
    if status == 429:
        refuse(429, "throttled", retry_at=verified["retry_at"])
    if status != 200:
        refuse(401, verified["code"])
    open_session(user_id, verified["verification_id"])
    return jsonify(status="logged in")
