import csv
import sys

from yourapp import User, app

with app.app_context():
    out = csv.writer(sys.stdout)
    out.writerow(["username", "email", "password_hash", "joined_at"])
    for user in User.query.order_by(User.id):
        out.writerow([user.username, user.email, user.password_hash, user.joined_at.isoformat()])
