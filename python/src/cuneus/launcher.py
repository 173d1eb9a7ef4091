"""Finding the program, and the command ``cuneus`` that pip installs."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path

from .errors import ProgramNotFoundError

__all__ = ["launch", "program"]

#: Set for the program, so that a command that leads back to this one is noticed.
_GUARD = "CUNEUS_LAUNCHED_BY_PYTHON"


def _carried() -> Path:
    """Where a wheel that carries the program has it; a folder called `program` would hide the function of that name."""
    return Path(__file__).parent / "carried" / "cuneus"


def _on_path() -> Iterator[Path]:
    for folder in os.environ.get("PATH", os.defpath).split(os.pathsep):
        candidate = Path(folder or ".") / "cuneus"
        if candidate.is_file() and os.access(candidate, os.X_OK):
            yield candidate


def _is_this_command(path: Path) -> bool:
    """Whether it is a script that pip made of this package."""
    with path.open("rb") as file:
        head = file.read(4096)
    return head.startswith(b"#!") and b"from cuneus." in head


def program() -> Path:
    """Find the program.

    Returns
    -------
    pathlib.Path
        ``$CUNEUS`` where it is set, else the program that came with the wheel, else the first ``cuneus`` on the path
        that is no script of this package.

    Raises
    ------
    ProgramNotFoundError
        Where there is none, or ``$CUNEUS`` names none.
    """
    named = os.environ.get("CUNEUS")
    if named:
        path = Path(named).expanduser()
        if not (path.is_file() and os.access(path, os.X_OK)):
            raise ProgramNotFoundError(f"CUNEUS is '{named}', which is no program that can be run.")
        return path
    if os.access(_carried(), os.X_OK):
        return _carried()
    for path in _on_path():
        if not _is_this_command(path):
            return path
    raise ProgramNotFoundError(
        "There is no program cuneus here: this wheel carries none, and none is on the path. Install a wheel for this "
        "platform, or build the program (make build) and set CUNEUS to it."
    )


def launch() -> None:
    """Be the command ``cuneus``: replaces this process by the program, with the same arguments."""
    try:
        if os.environ.get(_GUARD):
            raise ProgramNotFoundError(
                f"The program cuneus that was found ({os.environ[_GUARD]}) leads back to Python's command. Set CUNEUS "
                "to the program itself."
            )
        path = program()
    except ProgramNotFoundError as error:
        print(f"cuneus: {error}", file=sys.stderr)
        raise SystemExit(1) from None
    os.execve(path, [str(path), *sys.argv[1:]], {**os.environ, _GUARD: str(path)})
