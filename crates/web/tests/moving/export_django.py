import csv
import sys

from django.contrib.auth import get_user_model

out = csv.writer(sys.stdout)
out.writerow(["username", "email", "password_hash", "joined_at"])
for user in get_user_model().objects.filter(is_active=True).order_by("pk"):
    out.writerow([user.get_username(), user.email, user.password, user.date_joined.isoformat()])
