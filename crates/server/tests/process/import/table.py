"""Makes what an application of the tutorial has: app.db, and its Fernet key in fernet.key.

Tells on standard output what its users know: secrets and backup codes in the clear.
"""

import base64
import json
import secrets
import sqlite3
import sys

import bcrypt
from cryptography.fernet import Fernet, MultiFernet


def user(number, fernet, rounds):
    secret = base64.b32encode(secrets.token_bytes(20)).decode()
    # The second is of the form of the codes that Countersign makes.
    codes = [secrets.token_hex(4), secrets.token_hex(8), "Tea-%s 9z" % secrets.token_hex(2)]
    hashes = [bcrypt.hashpw(code.encode(), bcrypt.gensalt(rounds)).decode() for code in codes]
    row = (number, "user%d@example.com" % number, fernet.encrypt(secret.encode()).decode(), json.dumps(hashes))
    return row, {"id": str(number), "secret": secret, "codes": codes}


def main():
    rounds = int(sys.argv[1])
    old, new = Fernet.generate_key(), Fernet.generate_key()
    # The first was sealed before the key was rotated.
    made = [user(1, Fernet(old), rounds), user(2, MultiFernet([Fernet(new), Fernet(old)]), rounds)]
    made.append(user(3, Fernet(new), rounds))
    with open("fernet.key", "wb") as keys:
        keys.write(new + b"," + old + b"\n")
    with open("other.key", "wb") as keys:
        keys.write(Fernet.generate_key())
    database = sqlite3.connect("app.db")
    database.execute(
        "CREATE TABLE users (id INTEGER PRIMARY KEY, username TEXT, totp_secret TEXT, backup_codes TEXT)"
    )
    database.executemany("INSERT INTO users VALUES (?, ?, ?, ?)", [row for row, _ in made])
    database.execute("INSERT INTO users VALUES (4, 'without@example.com', NULL, NULL)")
    database.commit()
    json.dump([known for _, known in made], sys.stdout)


main()
