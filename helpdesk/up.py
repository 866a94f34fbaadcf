"""`bin/up`: start the whole desk, and stop it again on Ctrl-C."""

from __future__ import annotations

import argparse
import errno
import json
import os
import resource
import socket
import sys
import time
from pathlib import Path
from urllib.parse import urlsplit

from helpdesk.account import AccountError
from helpdesk.command import checked_environment
from helpdesk.console import say
from helpdesk.engine import EngineError
from helpdesk.environment import Environment
from helpdesk.lock import Lock
from helpdesk.readings import is_local
from helpdesk.state import State
from helpdesk.supervisor import Options, PreparationFailed, Supervisor

DESCRIPTION = """\
Start the whole desk: PostgreSQL, Valkey, background worker, schedule and web processes.
Everything it needs is installed into .venv; nothing else on the machine is used. Run by root, it adds
the system user parleydb, because PostgreSQL refuses to run as root.
The first start also makes a demo desk with sign-ins, which are printed. Ctrl-C stops everything.
"""

EPILOG = """\
examples:
  bin/up                                 try it: http://localhost:8000/
  bin/up --port 9000 --state /srv/desk   another port, data elsewhere
  bin/up --no-demo                       an empty desk; see bin/manage help create_agent

settings (environment variables; docs/operations.md has all of them):
  PARLEY_URL       the address people type, such as https://desk.example.com
  DATABASE_URL     your own PostgreSQL; then ours is not started
  REDIS_URL        your own Redis or Valkey; then ours is not started

exit codes: 0 stopped as asked, 1 could not start, 2 a setting or option makes no sense
"""
_PORT_PATIENCE = 6.0
_OPEN_FILES = 65_536


def arguments(given: list[str]) -> argparse.Namespace:
    """The options of the command line."""
    parser = argparse.ArgumentParser(
        prog="bin/up", description=DESCRIPTION, epilog=EPILOG, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--port", type=_port, default=8000, help="port to listen on (8000)")
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (127.0.0.1; 0.0.0.0 means all)")
    parser.add_argument(
        "--state", metavar="DIR", help="directory for all data (PARLEY_STATE, else var/ in the checkout)"
    )
    parser.add_argument("--web", type=_processes, default=2, metavar="N", help="web processes (2)")
    demo = parser.add_mutually_exclusive_group()
    demo.add_argument("--no-demo", action="store_true", help="do not make the demo desk on the first start")
    demo.add_argument("--demo", action="store_true", help="open a demo desk even where others can reach it")
    return parser.parse_args(given)


def _port(text: str) -> int:
    if text.isdecimal() and 0 < int(text) < 65_536:
        return int(text)
    raise argparse.ArgumentTypeError(f"{text}: expected a number from 1 to 65535")


def _processes(text: str) -> int:
    if text.isdecimal() and 0 < int(text) <= 64:
        return int(text)
    raise argparse.ArgumentTypeError(f"{text}: expected a number from 1 to 64")


def main(given: list[str]) -> int:
    """Run the desk until it is stopped; the exit code says how it went."""
    options = arguments(given)
    os.environ.setdefault("PARLEY_URL", f"http://localhost:{options.port}")
    if options.state:
        os.environ["PARLEY_STATE"] = options.state
    env = checked_environment()
    if not is_local(options.host) and is_local(urlsplit(env.url).hostname or ""):
        print(f"warning: the desk answers to {env.url} only; others need PARLEY_URL=http://NAME:{options.port}")
    state = State(env.state)
    if problem := demo_problem(options, env, state.demo):
        print(problem, file=sys.stderr)
        return 2
    try:
        return _run(state, env, options)
    except (EngineError, AccountError, PreparationFailed, OSError) as error:
        print(f"Parley could not start: {error}", file=sys.stderr)
        return 1


def demo_problem(options: argparse.Namespace, env: Environment, demo: Path) -> str:
    """What is wrong with opening this desk, if anything: the password of demo sign-ins stands in our source, so it
    takes a decision to let strangers try it."""
    names = [options.host, *(host.strip("[]") for host in env.all_hosts)]
    if options.demo or all(map(is_local, names)) or (options.no_demo and not demo.exists()):
        return ""
    danger = "Others could reach this desk, and everybody knows the password of its demo sign-ins."
    empty = "Choose another --state with --no-demo" if demo.exists() else "Add --no-demo for an empty desk"
    return f"{danger}\n{empty}, or --demo to open it all the same."


def _run(state: State, env: Environment, options: argparse.Namespace) -> int:
    state.create()
    with Lock(state.lock) as lock:
        if not lock.take():
            print(f"Parley already runs on {state.root}; stop it, or choose another --state", file=sys.stderr)
            return 1
        _allow_many_sockets()
        with _listen(options.host, options.port) as listener:
            chosen = Options(options.port, options.web, has_demo=not options.no_demo)
            Supervisor(state, env, listener, chosen, on_open=lambda: _welcome(state, env)).run()
    return 0


def _allow_many_sockets() -> None:
    """Each visitor's open messenger is a file descriptor."""
    _soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = _OPEN_FILES if hard == resource.RLIM_INFINITY else min(hard, _OPEN_FILES)
    resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


def _listen(host: str, port: int) -> socket.socket:
    """Open the port; processes of a desk that was just killed may keep it for a moment."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    deadline = time.monotonic() + _PORT_PATIENCE
    while True:
        try:
            return socket.create_server((host, port), family=family, backlog=2048)
        except OSError as error:
            if error.errno != errno.EADDRINUSE or time.monotonic() > deadline:
                raise OSError(
                    f"{host}:{port}: {os.strerror(error.errno or 0)}; choose another --port or --host"
                ) from error
            time.sleep(0.2)


def _welcome(state: State, env: Environment) -> None:
    """Say where to go, and as whom."""
    say(f"ready {env.url}/")
    print(f"\n  inbox      {env.url}/inbox/\n  demo shop  {env.url}/demo/")
    for login in _logins(state.demo):
        print(f"  {login['role']:<10} {login['email']}  {login['password']}")
    print(f"  data       {state.root}\n\nCtrl-C stops it.", flush=True)


def _logins(demo: Path) -> list[dict[str, str]]:
    try:
        found: list[dict[str, str]] = json.loads(demo.read_text())["logins"]
    except (OSError, ValueError, KeyError):
        return []
    return found


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
