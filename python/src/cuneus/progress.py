"""How far a run is, read from the lines that the program writes into a log."""

from __future__ import annotations

import re
from dataclasses import dataclass

__all__ = ["Progress"]


@dataclass(frozen=True)
class Progress:
    """How far the work is.

    Parameters
    ----------
    stage : str
        What is being done.
    share : float
        Of the stage, from 0 to 1; 1 where it is done.
    number, count : int or None
        Which of how many stages of the model, from 1; None where that is not known.
    model : str or None
        Which of several models.
    model_number, model_count : int or None
        Which of how many, from 1.
    seconds : float or None
        How long the stage took, of one that is done.
    text : str
        The line itself.
    """

    stage: str
    share: float
    number: int | None = None
    count: int | None = None
    model: str | None = None
    model_number: int | None = None
    model_count: int | None = None
    seconds: float | None = None
    text: str = ""

    @property
    def is_done(self) -> bool:
        """Whether the stage is done."""
        return self.seconds is not None

    @property
    def total(self) -> float | None:
        """Share of all stages of all models that is done, each taken as equally long; None where that is not known."""
        if self.number is None or not self.count:
            return None
        own = (self.number - 1 + self.share) / self.count
        if self.model_number is None or not self.model_count:
            return own
        return (self.model_number - 1 + own) / self.model_count


_DURATION = r"(?:\d+\.\d s|\d+ s|\d+ min \d\d s|\d+ h \d\d min|a long time)"
_LINE = re.compile(
    r"^(?:model (?P<model_number>\d+) of (?P<model_count>\d+)(?: \((?P<model>.*?)\))?"
    r"(?:, stage (?P<number>\d+) of (?P<count>\d+))?: "
    r"|stage (?P<only>\d+) of (?P<only_count>\d+): )?"
    rf"(?P<stage>.+?): (?:(?P<share>\d+) %(?:, {_DURATION} left)?|(?P<took>{_DURATION}))$"
)
_UNITS = {"s": 1.0, "min": 60.0, "h": 3600.0}


def _seconds(text: str) -> float:
    if text == "a long time":
        return float("inf")
    parts = text.split()
    return sum(float(value) * _UNITS[unit] for value, unit in zip(parts[::2], parts[1::2], strict=True))


def parse(line: str) -> Progress | None:
    """Read a line of the program's log.

    Parameters
    ----------
    line : str
        For example ``model 2 of 7 (task), stage 5 of 9: Relocations: 43 %, 12 s left``.

    Returns
    -------
    Progress or None
        None where the line says something else.
    """
    found = _LINE.match(line.rstrip("\n"))
    if not found or line.startswith((" ", "cuneus: ")):
        return None

    def whole(*names: str) -> int | None:
        return next((int(found[name]) for name in names if found[name] is not None), None)

    took = found["took"]
    return Progress(
        stage=found["stage"],
        share=1.0 if took else int(found["share"]) / 100,
        number=whole("number", "only"),
        count=whole("count", "only_count"),
        model=found["model"],
        model_number=whole("model_number"),
        model_count=whole("model_count"),
        seconds=_seconds(took) if took else None,
        text=line.rstrip("\n"),
    )
