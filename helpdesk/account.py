"""The system user that runs PostgreSQL and Valkey: ourselves, or for root a user who may do nothing else."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

ENGINE_USER = "parleydb"
READ, PASS = 4, 1


class AccountError(Exception):
    """There is no user to run the engines as."""


@dataclass(frozen=True)
class Account:
    """A user and what the permission bits allow it."""

    name: str
    uid: int
    gid: int

    def may(self, path: Path, need: int) -> bool:
        """Whether the mode bits of `path` grant `need`; an access list could only narrow our choice, never widen it."""
        status = path.stat()
        shift = 6 if status.st_uid == self.uid else 3 if status.st_gid == self.gid else 0
        return (status.st_mode >> shift) & need == need

    def reaches(self, directory: Path) -> bool:
        """Whether the user can walk down to `directory`."""
        return all(self.may(level, PASS) for level in (directory, *directory.parents))

    def own(self, path: Path) -> None:
        """Give a tree to the user, if it is not theirs: a rebuilt container may number its users anew."""
        if path.stat().st_uid == self.uid:
            return
        for entry in (path, *path.rglob("*")):
            os.chown(entry, self.uid, self.gid, follow_symlinks=False)


def engine_account() -> Account:
    """Who runs the engines. PostgreSQL refuses to run as root, so root gets itself a user for it."""
    if os.geteuid() != 0:
        return Account(pwd.getpwuid(os.geteuid()).pw_name, os.geteuid(), os.getegid())
    try:
        entry = pwd.getpwnam(ENGINE_USER)
    except KeyError:
        _add_user()
        entry = pwd.getpwnam(ENGINE_USER)
    return Account(entry.pw_name, entry.pw_uid, entry.pw_gid)


def _add_user() -> None:
    command = ["useradd", "--system", "--no-create-home", "--home-dir", "/nonexistent", "--shell", "/usr/sbin/nologin"]
    if shutil.which("useradd", path="/usr/sbin:/sbin:/usr/bin:/bin") is None:
        raise AccountError(f"PostgreSQL does not run as root. Create a user for it: adduser --system {ENGINE_USER}")
    subprocess.run([*command, ENGINE_USER], check=True, env={"PATH": "/usr/sbin:/sbin:/usr/bin:/bin"})
