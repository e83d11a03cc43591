#!/usr/bin/env python3
"""Writes hashes.jsonl: password hashes by the programs whose users can be imported.

Run in a virtual environment with requirements.txt:

    python make_hashes.py > hashes.jsonl

Salts are random, so each run writes other hashes. Werkzeug 3 no longer writes `pbkdf2:sha1` by default, but still by name;
bcrypt is 4.3.0, since 5.0 refuses a password of more than 72 bytes, which all earlier versions truncated.
"""

import json
import sys
from importlib.metadata import version

import argon2
import bcrypt
import django
from django.conf import settings
from django.contrib.auth import hashers
from werkzeug.security import check_password_hash, generate_password_hash

settings.configure(
    PASSWORD_HASHERS=[
        f"django.contrib.auth.hashers.{name}PasswordHasher"
        for name in ("PBKDF2", "PBKDF2SHA1", "Argon2", "BCryptSHA256", "BCrypt", "Scrypt")
    ]
)
django.setup()

PASSWORDS = [
    "marble otter seven",
    "abc",  # shorter than the policy of new passwords
    " otter ",
    "caf\u00e9 otter",
    "cafe\u0301 otter",  # not in NFC
    "\ufb01ve otters \uff21",  # not in NFKC
    "\U0001f9a6\U0001f9a6\U0001f9a6 otter",
    "o" * 71 + "A and more",  # 72 bytes end after the A
    "\u00e9" * 36 + "A and more",  # 72 bytes end before the A
    "x" * 1024,
]


def write(program, release, method, password, encoded, is_truncated=False):
    row = {"program": f"{program} {release}", "method": method, "password": password, "hash": encoded}
    if is_truncated:
        row["truncated"] = True
    print(json.dumps(row))


def of_werkzeug(method, password):
    encoded = generate_password_hash(password, method=method)
    assert check_password_hash(encoded, password)
    write("Werkzeug", version("werkzeug"), method, password, encoded)


def of_django(hasher, password):
    encoded = hashers.make_password(password, hasher=hasher)
    assert hashers.check_password(password, encoded, preferred=hasher)
    is_truncated = hasher == "bcrypt" and len(password.encode()) > 72
    write("Django", django.__version__, hasher, password, encoded, is_truncated)


def of_bcrypt(prefix, rounds, password):
    encoded = bcrypt.hashpw(password.encode(), bcrypt.gensalt(rounds, prefix=prefix.encode()))
    assert bcrypt.checkpw(password.encode(), encoded)
    method = f"{prefix}, cost {rounds}"
    write("bcrypt", bcrypt.__version__, method, password, encoded.decode(), len(password.encode()) > 72)


def of_argon2(method, password, **parameters):
    hasher = argon2.PasswordHasher(type=getattr(argon2.Type, method), **parameters)
    encoded = hasher.hash(password)
    assert hasher.verify(encoded, password)
    write("argon2-cffi", version("argon2-cffi"), f"{method} {parameters or 'defaults'}", password, encoded)


def of_php(password):
    """PHP writes `$2y$` for what bcrypt writes as `$2b$`; both are read alike by bcrypt."""
    encoded = bcrypt.hashpw(password.encode(), bcrypt.gensalt(5, prefix=b"2b")).replace(b"$2b$", b"$2y$")
    assert bcrypt.checkpw(password.encode(), encoded)
    write("bcrypt", bcrypt.__version__, "2y, cost 5", password, encoded.decode(), len(password.encode()) > 72)


for password in PASSWORDS:
    for method in ("pbkdf2:sha1:1000", "pbkdf2:sha256:26000", "pbkdf2:sha512:2000", "scrypt:1024:8:1"):
        of_werkzeug(method, password)
    for prefix in ("2a", "2b"):
        of_bcrypt(prefix, 5, password)
    of_php(password)
    of_argon2("ID", password, time_cost=1, memory_cost=64, parallelism=1)
    of_argon2("I", password, time_cost=2, memory_cost=64, parallelism=2)

# The parameters that the programs choose themselves.
first = PASSWORDS[0]
for method in ("scrypt", "pbkdf2", "pbkdf2:sha512:210000"):
    of_werkzeug(method, first)
for hasher in ("pbkdf2_sha256", "pbkdf2_sha1", "argon2", "bcrypt_sha256", "bcrypt", "scrypt"):
    of_django(hasher, first)
for hasher in ("argon2", "bcrypt_sha256", "bcrypt", "scrypt"):
    of_django(hasher, PASSWORDS[7])
of_bcrypt("2b", 12, first)
of_argon2("ID", first)
print(f"written by Python {sys.version.split()[0]}", file=sys.stderr)
