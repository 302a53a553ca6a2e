"""The two-step login that tutorials teach. NOT TO BE RUN: it is here to be compared with app.py.

    diff -u before.py app.py

It needs pyotp, qrcode, redis, cryptography and bcrypt, a Redis server, and a Fernet key that nobody rotates.
What is wrong with it: whether a code was used is looked up and noted in two steps, so two requests at once
both pass; what Redis forgets can be used again; wrong codes are not counted; a right code of the next step
is refused to a phone whose clock is ahead; each sign-in by backup code checks up to ten bcrypt hashes; the
key beside the application opens every secret; and nobody can tell afterwards what happened.
"""

import base64
import io
import os
import secrets
import sqlite3
import time
import uuid

import bcrypt
import pyotp
import qrcode
import redis
from cryptography.fernet import Fernet
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

fernet = Fernet(os.environ["FERNET_KEY"])
used_codes = redis.Redis.from_url(os.environ.get("REDIS_URL", "redis://localhost:6379"))


# The application's own: users, passwords, sessions.


def database():
    if "database" not in g:
        g.database = sqlite3.connect(app.config["DATABASE"], isolation_level=None)
        g.database.executescript(
            """
            CREATE TABLE IF NOT EXISTS users (
                id TEXT PRIMARY KEY, name TEXT NOT NULL UNIQUE, password TEXT NOT NULL,
                secret BLOB, mfa_enabled INTEGER NOT NULL DEFAULT 0);
            CREATE TABLE IF NOT EXISTS backup_codes (user_id TEXT NOT NULL, hash BLOB NOT NULL);
            CREATE TABLE IF NOT EXISTS sessions (
                id TEXT PRIMARY KEY, user_id TEXT NOT NULL, opened_at REAL NOT NULL);
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


def open_session(user_id):
    """A new session under a new id; what the browser had before is gone."""
    session.clear()
    session["id"] = secrets.token_urlsafe(32)
    database().execute("INSERT INTO sessions VALUES (?, ?, ?)", (session["id"], user_id, time.time()))


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
    database().execute("DELETE FROM sessions WHERE id = ?", (session.get("id"),))
    session.clear()
    return jsonify(status="logged out")


# The second step.


@app.post("/mfa/setup")
def setup():
    user_id, name = signed_in(fresh=True)
    secret = pyotp.random_base32()
    database().execute(
        "UPDATE users SET secret = ?, mfa_enabled = 0 WHERE id = ?", (fernet.encrypt(secret.encode()), user_id)
    )
    uri = pyotp.TOTP(secret).provisioning_uri(name, issuer_name="MyApp")
    picture = io.BytesIO()
    qrcode.make(uri).save(picture, "PNG")
    picture = "data:image/png;base64," + base64.b64encode(picture.getvalue()).decode()
    return jsonify(secret=secret, uri=uri, qr_data_uri=picture), 201


@app.post("/mfa/confirm")
def confirm():
    user_id, _ = signed_in()
    (code,) = fields("code")
    (sealed,) = database().execute("SELECT secret FROM users WHERE id = ?", (user_id,)).fetchone()
    if sealed is None:
        refuse(400, "no_pending_setup")
    if not pyotp.TOTP(fernet.decrypt(sealed).decode()).verify(code):
        refuse(400, "invalid_code")
    backup_codes = [secrets.token_hex(5) for _ in range(10)]
    database().execute("UPDATE users SET mfa_enabled = 1 WHERE id = ?", (user_id,))
    for backup_code in backup_codes:
        database().execute(
            "INSERT INTO backup_codes VALUES (?, ?)", (user_id, bcrypt.hashpw(backup_code.encode(), bcrypt.gensalt()))
        )
    database().execute("DELETE FROM sessions WHERE user_id = ?", (user_id,))
    open_session(user_id)
    return jsonify(status="MFA enabled", backup_codes=backup_codes)


@app.post("/login")
def login():
    name, password = fields("username", "password")
    row = database().execute("SELECT id, password, mfa_enabled FROM users WHERE name = ?", (name,)).fetchone()
    if not check_password_hash(row[1] if row else NOBODY, password) or row is None:
        refuse(401, "invalid_credentials")
    session.clear()
    if not row[2]:
        open_session(row[0])
        return jsonify(status="logged in")
    session["pending"], session["pending_until"] = row[0], time.time() + PENDING
    return jsonify(requires_mfa=True, methods=["totp", "backup_code"])


@app.post("/login/mfa")
def login_mfa():
    user_id = pending()
    if "backup_code" in body():
        (backup_code,) = fields("backup_code")
        hashes = database().execute("SELECT hash FROM backup_codes WHERE user_id = ?", (user_id,)).fetchall()
        for (stored,) in hashes:
            if bcrypt.checkpw(backup_code.encode(), stored):
                database().execute("DELETE FROM backup_codes WHERE hash = ?", (stored,))
                break
        else:
            refuse(401, "invalid_code")
    else:
        (code,) = fields("code")
        if used_codes.exists(f"{user_id}:{code}"):
            refuse(401, "code_already_used")
        (sealed,) = database().execute("SELECT secret FROM users WHERE id = ?", (user_id,)).fetchone()
        if not pyotp.TOTP(fernet.decrypt(sealed).decode()).verify(code):
            refuse(401, "invalid_code")
        used_codes.setex(f"{user_id}:{code}", 30, 1)
    open_session(user_id)
    return jsonify(status="logged in")
