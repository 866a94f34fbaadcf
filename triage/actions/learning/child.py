"""A training in a process of its own: what it needs of memory is gone with it, and it stands back behind everything
else. It holds a pipe from us: when we end, however we end, it ends too."""

from __future__ import annotations

import os
import subprocess
import sys

from django.conf import settings

from triage.models import TrainingRun

_THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")


def train_apart(run: int) -> None:
    """Start the process for a run that waits, and stay until it has ended. Its outcome is in the run's row."""
    if not TrainingRun.objects.filter(pk=run, state=TrainingRun.State.QUEUED).exists():
        return
    command = [sys.executable, str(settings.BASE_DIR / "manage.py"), "triage_learn", "--run", str(run), "--watched"]
    env = {**os.environ, **dict.fromkeys(_THREADS, "1")}
    with subprocess.Popen(command, stdin=subprocess.PIPE, env=env, cwd=settings.BASE_DIR) as process:
        process.wait()
