"""What went wrong, where, and how to mend it: the program's messages as exceptions."""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

__all__ = ["CuneusError", "CuneusWarning", "InputError", "Problem", "ProgramNotFoundError", "UsageError"]


class CuneusWarning(UserWarning):
    """Something about the input that is worth a look; the analysis went on."""


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong with the input.

    Parameters
    ----------
    message : str
        What was found, and what was expected.
    file : str or None
        The file, as it was given to the program; None where the message is about no file.
    line : int or None
        Line of the file, from 1.
    column : int or None
        Column of the line, from 1; only in plans.
    severity : str
        ``error``, ``warning`` or ``note``.
    code : str or None
        Stable short name of the check, for example ``peak-outside-brain``.
    remedy : str or None
        How to mend it.
    row : object
        Of tables that were given as DataFrames: the label of the row in its index.
    """

    message: str
    file: str | None = None
    line: int | None = None
    column: int | None = None
    severity: str = "error"
    code: str | None = None
    remedy: str | None = None
    row: object = None

    def __str__(self) -> str:
        place = ":".join(str(part) for part in (self.file, self.line, self.column) if part is not None)
        text = f"{place}: {self.message}" if place else self.message
        if self.row is not None:
            text += f" (row {self.row!r} of the DataFrame)"
        return f"{text} {self.remedy}" if self.remedy else text


class CuneusError(RuntimeError):
    """The program ended without a result.

    Parameters
    ----------
    message : str
        What the program said.
    code : int or None
        Its exit code: 2 where the input cannot be used, 64 for wrong usage, 1 for anything else; negative
        where a signal ended it.
    problems : sequence of Problem
        What is wrong, one by one.
    command : sequence of str
        What was run.

    Attributes
    ----------
    file, line
        Those of the first problem that has a place.
    """

    def __init__(
        self,
        message: str,
        code: int | None = None,
        problems: Sequence[Problem] = (),
        command: Sequence[str] = (),
    ) -> None:
        super().__init__(message)
        self.code = code
        self.problems = list(problems)
        self.command = list(command)

    @property
    def file(self) -> str | None:
        """File of the first problem that has a place."""
        return next((problem.file for problem in self.problems if problem.file), None)

    @property
    def line(self) -> int | None:
        """Line of the first problem that has a place."""
        return next((problem.line for problem in self.problems if problem.file), None)


class InputError(CuneusError, ValueError):
    """The input cannot be used (exit code 2): every problem has a file, a line and a remedy where there is one."""


class UsageError(CuneusError, TypeError):
    """The program does not know an option (exit code 64)."""


class ProgramNotFoundError(CuneusError, FileNotFoundError):
    """There is no program ``cuneus`` on this machine."""


# `file:line:column: ` in front of a message. A colon alone is no sign of a file; a line number is, or an existing file.
_PLACE = re.compile(r"^(?P<file>[^\n]+?):(?P<line>\d+)(?::(?P<column>\d+))?: (?P<message>.*)$")
_NOTICE = re.compile(
    r"^(?:(?P<place>.+?): )?(?P<severity>error|warning|note): (?P<message>.*) \[(?P<code>[a-z0-9-]+)\]$"
)
# Lines that say how far the work is, or count what was found; not problems.
_COUNTS = re.compile(r"^(Nothing was run: )?(no|\d[\d,]*) errors?, (no|\d[\d,]*) warnings?, (no|\d[\d,]*) notes?\b")


def _split_place(text: str) -> tuple[str | None, int | None, int | None, str]:
    found = _PLACE.match(text)
    if found:
        column = found["column"]
        return found["file"], int(found["line"]), int(column) if column else None, found["message"]
    head, separator, rest = text.partition(": ")
    if separator and (head.startswith("--") or os.path.exists(head)):
        return head, None, None, rest
    return None, None, None, text


def parse_problems(text: str) -> list[Problem]:
    """Read the program's messages.

    Parameters
    ----------
    text : str
        What it wrote on standard error: ``cuneus: file:line: what. How to mend it.`` with further lines of the same
        form, or notices, ``file:line: severity: what [code]`` with the remedy on the next line.

    Returns
    -------
    list of Problem
        In the order of the text. Lines of another form are no problems.
    """
    problems: list[Problem] = []
    follows_failure = False
    for line in text.splitlines():
        notice = _NOTICE.match(line)
        if notice:
            place = notice["place"]
            file, number, column, _ = _split_place(f"{place}: x") if place else (None, None, None, "")
            if place and file is None:
                file = place
            problems.append(
                Problem(notice["message"], file, number, column, severity=notice["severity"], code=notice["code"])
            )
            follows_failure = False
        elif line.startswith("    ") and problems and problems[-1].code and not problems[-1].remedy:
            problems[-1] = replace(problems[-1], remedy=line.strip())
        elif line.startswith(("cuneus: ", "Error: ")):
            file, number, column, message = _split_place(line.split(": ", 1)[1])
            problems.append(Problem(message, file, number, column))
            follows_failure = line.startswith("cuneus: ")
        elif follows_failure and not _COUNTS.match(line):
            file, number, column, message = _split_place(line)
            if number is None:
                follows_failure = False
            else:
                problems.append(Problem(message, file, number, column))
    return problems


def failure(code: int, said: str, command: Sequence[str], problems: Sequence[Problem] | None = None) -> CuneusError:
    """The exception for an exit code.

    Parameters
    ----------
    code : int
        The program's exit code.
    said : str
        Its standard error.
    command : sequence of str
        What was run.
    problems : sequence of Problem, optional
        Read from ``said`` where not given.

    Returns
    -------
    CuneusError
        To be raised.
    """
    found = list(problems) if problems is not None else parse_problems(said)
    errors = [problem for problem in found if problem.severity == "error"]
    if errors:
        message = "\n".join(str(problem) for problem in errors)
    else:
        last = [line for line in said.splitlines() if line.strip()]
        message = last[-1] if last else f"cuneus ended with code {code} and said nothing."
        if code < 0:
            message = f"cuneus was ended by signal {-code}. Last it said: {message}"
    kind = {2: InputError, 64: UsageError}.get(code, CuneusError)
    return kind(message, code, errors or found, command)
