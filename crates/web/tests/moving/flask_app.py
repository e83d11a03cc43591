"""A Flask application with accounts, and the export of its users as in docs/MOVING.md.

    python -m venv venv && venv/bin/pip install -r requirements.txt
    venv/bin/python flask_app.py 20 > flask_users.csv

Each user registers and logs in over HTTP, by Flask's test client.
"""

import os
import sys
import tempfile
from datetime import datetime, timedelta
from pathlib import Path

from flask import Flask, abort, request
from flask_login import LoginManager, UserMixin, current_user, login_required, login_user
from flask_sqlalchemy import SQLAlchemy
from passwords import password
from werkzeug.security import check_password_hash, generate_password_hash

database = Path(tempfile.mkdtemp()) / "app.db"
app = Flask(__name__)
app.config.update(SECRET_KEY=os.urandom(16), SQLALCHEMY_DATABASE_URI=f"sqlite:///{database}")
db = SQLAlchemy(app)
login_manager = LoginManager(app)


class User(UserMixin, db.Model):
    id = db.Column(db.Integer, primary_key=True)
    username = db.Column(db.String(64), unique=True, nullable=False)
    email = db.Column(db.String(120), unique=True, nullable=False)
    password_hash = db.Column(db.String(256))
    joined_at = db.Column(db.DateTime, nullable=False)


@login_manager.user_loader
def load_user(user_id):
    return db.session.get(User, int(user_id))


@app.post("/register")
def register():
    # As the application was upgraded over the years: Werkzeug's defaults of 2.0, 2.2 and since 2.3.
    number = User.query.count()
    method = {7: "pbkdf2:sha256:150000", 8: "pbkdf2:sha256:260000", 9: "pbkdf2:sha256:600000"}.get(number % 10, "scrypt")
    user = User(
        username=request.form["username"],
        email=request.form["email"],
        password_hash=generate_password_hash(request.form["password"], method=method),
        joined_at=datetime(2019, 5, 6, 7, 8, 9, 123456) + timedelta(days=number),
    )
    db.session.add(user)
    db.session.commit()
    return "", 201


@app.post("/login")
def login():
    user = User.query.filter_by(email=request.form["email"]).first()
    if user is None or not check_password_hash(user.password_hash, request.form["password"]):
        abort(401)
    login_user(user)
    return ""


@app.get("/me")
@login_required
def me():
    return current_user.username


def main(count):
    with app.app_context():
        db.create_all()
    for n in range(count):
        form = {"username": f"ada_{n}", "email": f"Ada.{n}@Example.com", "password": password(n)}
        client = app.test_client()
        assert client.post("/register", data=form).status_code == 201
        assert client.post("/login", data=form).status_code == 200
        assert client.get("/me").text == form["username"]
    sys.modules["yourapp"] = sys.modules["__main__"]
    exec(Path(__file__).with_name("export_flask.py").read_text(), {})


main(int(sys.argv[1]))
