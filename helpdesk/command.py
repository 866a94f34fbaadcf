"""Management commands: where PostgreSQL and Valkey already run (`run_here`), or together with them (`main`)."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from helpdesk import environment
from helpdesk.account import AccountError
from helpdesk.engine import EngineError
from helpdesk.engines import Engines
from helpdesk.environment import BadEnvironment, Environment
from helpdesk.lock import Lock
from helpdesk.state import CHECKOUT, Run, State

# These work on files only, and must do so where no desk was ever set up.
WITHOUT_ENGINES = ("routing_simulate", "triage_distil", "triage_evaluate", "triage_starter", "triage_train")
_WITH_THE_DESK = "--from-desk"  # unless they are asked for what the desk itself knows

USAGE = """\
Usage: bin/manage [--state DIR] COMMAND [OPTION...]

Runs a management command of the desk whose data lies in DIR (default: PARLEY_STATE, else var/ in the checkout).
PostgreSQL and Valkey of the running desk are used; if it is not running, they run for as long as the command does.

  bin/manage help                 all commands
  bin/manage help COMMAND         what one command does, and its options
  bin/manage backup FILE          everything the desk knows, in one file
  bin/manage restore FILE         the way back
  bin/manage triage_evaluate ...  how well triage learns from files of examples; starts nothing
  bin/manage create_agent ...     somebody who answers: --email E --name N --role admin
"""


def run_here() -> None:
    """Run the management command named in `sys.argv`, without the time limit that web processes have."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "helpdesk.settings")
    os.environ.setdefault("PARLEY_STATEMENT_TIMEOUT", "0")
    checked_environment()
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)


def checked_environment() -> Environment:
    """The settings; senseless ones end the process with code 2 and a line for each."""
    for line in environment.warnings(os.environ):
        print(f"warning: {line}", file=sys.stderr)
    try:
        return environment.load(os.environ)
    except BadEnvironment as error:
        print("\n".join(error.problems), file=sys.stderr)
        sys.exit(2)


def main() -> int:
    """`bin/manage`: run a management command with engines for as long as it needs them."""
    arguments = sys.argv[1:]
    if not arguments or arguments[0] in ("-h", "--help"):
        print(USAGE, end="")
        return 0 if arguments else 2
    if arguments[0] == "--state" and len(arguments) > 1:
        os.environ["PARLEY_STATE"] = arguments[1]
        arguments = arguments[2:]
    env = checked_environment()
    if arguments and arguments[0] in WITHOUT_ENGINES and _WITH_THE_DESK not in arguments:
        return subprocess.call([sys.executable, CHECKOUT / "manage.py", *arguments])
    try:
        with running_engines(State(env.state), env):
            return subprocess.call([sys.executable, CHECKOUT / "manage.py", *arguments])
    except (EngineError, AccountError, OSError) as error:
        print(error, file=sys.stderr)
        return 1


@contextmanager
def running_engines(state: State, env: Environment) -> Iterator[None]:
    """Engines for the length of the block: the running desk's, or else our own. Settings find them by `run.json`."""
    if env.database_url and env.redis_url:
        yield
        return
    state.create()
    with Lock(state.lock) as lock:
        if not lock.take():
            run = state.read_run()
            if run is not None and run.kind == "desk":
                yield
                return
            lock.wait()  # another command has the engines up, and will take them down
        with _own_engines(state, env):
            yield


@contextmanager
def _own_engines(state: State, env: Environment) -> Iterator[None]:
    engines = Engines(state, env)
    try:
        engines.start()
        state.write_run(Run.of("command", engines.addresses, env.url))
        yield
    finally:
        state.run_file.unlink(missing_ok=True)
        engines.stop()


if __name__ == "__main__":
    sys.exit(main())
