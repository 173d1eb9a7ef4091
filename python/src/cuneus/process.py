"""Running the program: its output, its progress, its end."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from types import FrameType

from .errors import Problem, failure, parse_problems
from .launcher import program
from .progress import Progress, parse

__all__ = ["Completed", "run"]

ProgressCallback = Callable[[Progress], object]


@dataclass(frozen=True)
class Completed:
    """What a run of the program said.

    Parameters
    ----------
    output : str
        Its standard output: the answer.
    said : str
        Its standard error, without progress.
    command : tuple of str
        What was run.
    """

    output: str
    said: str
    command: tuple[str, ...]

    @property
    def problems(self) -> list[Problem]:
        """Warnings and notes about the input."""
        return parse_problems(self.said)


@contextlib.contextmanager
def _ends_with(process: subprocess.Popen[str]) -> Iterator[None]:
    """Cancel the program when this block is left by an exception, by Ctrl-C or by SIGTERM."""

    def terminated(number: int, frame: FrameType | None) -> None:
        raise SystemExit(128 + number)

    # Only where nobody else handles it, and only the main thread may.
    replaced = []
    if threading.current_thread() is threading.main_thread():
        for number in (signal.SIGTERM, signal.SIGHUP):
            if signal.getsignal(number) is signal.SIG_DFL:
                signal.signal(number, terminated)
                replaced.append(number)
    try:
        yield
    except BaseException:
        _cancel(process)
        raise
    finally:
        for number in replaced:
            signal.signal(number, signal.SIG_DFL)


def _cancel(process: subprocess.Popen[str]) -> None:
    """Ask the program to end in good order, as Ctrl-C at a terminal does; asked again, or after ten seconds, end it."""
    if process.poll() is not None:
        return
    process.send_signal(signal.SIGINT)
    try:
        process.wait(timeout=10)
    except (KeyboardInterrupt, subprocess.TimeoutExpired):
        process.kill()
        process.wait()


def run(
    arguments: Sequence[str],
    verbose: int = 0,
    progress: ProgressCallback | None = None,
    accepts: Sequence[int] = (0,),
    find_problems: Callable[[str], list[Problem]] = parse_problems,
) -> Completed:
    """Run the program.

    Parameters
    ----------
    arguments : sequence of str
        Those of the command, its name first, for example ``["check", "my_project"]``.
    verbose : int
        0 says nothing; 1 writes the lines of the program's log to ``sys.stderr``.
    progress : callable, optional
        Called with a `Progress` for every line that says how far the work is.
    accepts : sequence of int
        Exit codes that are no failure.
    find_problems : callable
        Reads the problems of a failure from what was said.

    Returns
    -------
    Completed
        What it said.

    Raises
    ------
    InputError
        The input cannot be used.
    UsageError
        An option is not known.
    CuneusError
        Anything else that failed.
    KeyboardInterrupt
        At Ctrl-C, after the program has ended in good order. Permutations that were done are kept, and the same call
        goes on with them where ``out`` was given.
    """
    command = [str(program()), *(str(argument) for argument in arguments)]
    said: list[str] = []
    with tempfile.TemporaryFile("w+", encoding="utf-8", errors="replace") as output:
        # A session of its own: Ctrl-C at the terminal would reach it twice, and twice means "at once".
        with (
            subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.PIPE,
                encoding="utf-8",
                errors="replace",
                start_new_session=True,
                env={**os.environ, "COLUMNS": os.environ.get("COLUMNS", "100")},
            ) as process,
            _ends_with(process),
        ):
            assert process.stderr is not None
            for line in process.stderr:
                step = parse(line)
                if step is None:
                    said.append(line)
                elif progress is not None:
                    progress(step)
                if verbose > 0:
                    print(line.rstrip("\n"), file=sys.stderr, flush=True)
            code = process.wait()
        output.seek(0)
        text = output.read()
    told = "".join(said)
    if code == 130:
        raise KeyboardInterrupt(told.strip())
    if code not in accepts:
        raise failure(code, told, command, find_problems(told))
    return Completed(text, told, tuple(command))
