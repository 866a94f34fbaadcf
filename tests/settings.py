"""The desk's settings for tests: a state directory and engines of our own in each test process."""

from __future__ import annotations

import os
import tempfile

from helpdesk.places import socket_directory
from helpdesk.state import State

TEST_STATE = State.at(tempfile.mkdtemp(prefix="parley-test-"))
_sockets = socket_directory(TEST_STATE)

for name in [name for name in os.environ if name.startswith("PARLEY_")]:
    del os.environ[name]  # the tests' outcome must not depend on who runs them
os.environ["PARLEY_STATE"] = str(TEST_STATE.root)
os.environ["PARLEY_STATEMENT_TIMEOUT"] = "0"
os.environ["DATABASE_URL"] = f"postgresql:///parley?host={_sockets}&user=parley"
os.environ["REDIS_URL"] = f"unix://{_sockets}/valkey.sock?db=0"

from helpdesk.settings import *  # noqa: E402, F403

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
