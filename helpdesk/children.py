"""Child processes that cannot outlive us, whatever ends us."""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import IO

from helpdesk.account import Account

PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None, use_errno=True)


def dies_with_us(death: signal.Signals, niceness: int) -> Callable[[], None]:
    """What a child does before it becomes its program: ask the kernel for `death` when its parent dies, and step back
    behind others by `niceness`.

    Called after the change of user, which would clear the request. Spawn from the main thread only: the kernel means
    the parent's thread.
    """
    parent = os.getpid()

    def ask() -> None:
        _libc.prctl(PR_SET_PDEATHSIG, int(death))
        if os.getppid() != parent:  # it died before the request was made
            os._exit(1)
        os.nice(niceness)

    return ask


def spawn(
    command: Sequence[str | Path],
    *,
    env: Mapping[str, str],
    output: IO[bytes] | None = None,
    account: Account | None = None,
    death: signal.Signals = signal.SIGTERM,
    niceness: int = 0,
    pass_fds: Sequence[int] = (),
    cwd: Path | None = None,
) -> subprocess.Popen[bytes]:
    """Start a program in a session of its own, so that Ctrl-C in the terminal reaches only the supervisor."""
    change = account is not None and account.uid != os.geteuid()
    return subprocess.Popen(
        [str(part) for part in command],
        env=env,
        cwd=cwd,
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=output,
        start_new_session=True,
        preexec_fn=dies_with_us(death, niceness),  # noqa: PLW1509 - it makes system calls and takes no lock
        pass_fds=pass_fds,
        umask=0o077,
        user=account.uid if account and change else None,
        group=account.gid if account and change else None,
        extra_groups=[] if change else None,
    )


def finish(process: subprocess.Popen[bytes], sign: signal.Signals, grace: float) -> bool:
    """Ask a process to end and wait; past `grace` seconds its whole session is killed. True if it went by itself."""
    if process.poll() is not None:
        return True
    process.send_signal(sign)
    try:
        process.wait(grace)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        return False
    return True


def describe_end(process: subprocess.Popen[bytes] | None) -> str:
    """How a process ended, for people."""
    code = process.returncode if process is not None else None
    if code is None:
        return "did not start"
    return f"was ended by {signal.Signals(-code).name}" if code < 0 else f"ended with code {code}"
