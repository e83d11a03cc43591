"""A Django project with users, and the export of them as in docs/MOVING.md.

    python -m venv venv && venv/bin/pip install -r requirements.txt
    venv/bin/python django_app.py > django_users.csv
"""

import tempfile
from datetime import UTC, datetime
from pathlib import Path

import django
from django.conf import settings
from django.core.management import call_command
from passwords import password

HASHERS = ["PBKDF2", "PBKDF2SHA1", "Argon2", "BCryptSHA256", "BCrypt", "Scrypt"]

settings.configure(
    INSTALLED_APPS=["django.contrib.auth", "django.contrib.contenttypes"],
    DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": Path(tempfile.mkdtemp()) / "app.db"}},
    PASSWORD_HASHERS=[f"django.contrib.auth.hashers.{name}PasswordHasher" for name in HASHERS],
    USE_TZ=True,
)
django.setup()

from django.contrib.auth import get_user_model  # noqa: E402
from django.contrib.auth.hashers import make_password  # noqa: E402

call_command("migrate", verbosity=0)
User = get_user_model()
for n, hasher in enumerate(["pbkdf2_sha256", "pbkdf2_sha1", "argon2", "bcrypt_sha256", "bcrypt", "scrypt"]):
    encoded = make_password(password(n), hasher=hasher)
    joined = datetime(2023, 5, n + 1, 7, 8, 9, 123456, tzinfo=UTC)
    User.objects.create(username=f"ada_{n}", email=f"Ada.{n}@Example.com", password=encoded, date_joined=joined)
    # The check rewrites the hash by the first hasher.
    assert User.objects.get(username=f"ada_{n}").check_password(password(n)) is True
    User.objects.filter(username=f"ada_{n}").update(password=encoded)
User.objects.create_user("ada_6", "Ada.6@Example.com", date_joined=joined)  # without a password
exec(Path(__file__).with_name("export_django.py").read_text(), {})  # as `manage.py shell` does
