"""Progress read from the program's log."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
from conftest import QUICK

import cuneus
from cuneus.progress import Progress, parse


@pytest.mark.parametrize(
    ("line", "stage", "share", "number", "count", "model", "seconds"),
    [
        ("stage 4 of 9: Shrunken maps: 2.7 s", "Shrunken maps", 1, 4, 9, None, 2.7),
        ("model 2 of 7 (task), stage 5 of 9: Relocations: 43 %, 12 s left", "Relocations", 0.43, 5, 9, "task", None),
        ("model 1 of 2 (all): ALE, increases: 3 min 05 s", "ALE, increases", 1, None, None, "all", 185),
        ("Maps, tables and report: 0 %", "Maps, tables and report", 0, None, None, None, None),
        ("permutations: 2 h 10 min", "permutations", 1, None, None, None, 7800),
    ],
)
def test_lines(line: str, stage: str, share: float, number: int, count: int, model: str, seconds: float) -> None:
    step = parse(line + "\n")
    assert step is not None
    assert (step.stage, step.share, step.number, step.count) == (stage, share, number, count)
    assert (step.model, step.seconds) == (model, seconds)
    assert step.is_done == (seconds is not None)


@pytest.mark.parametrize(
    "line",
    [
        "no errors, 4 warnings, 1 note in the input; cuneus check lists them, and so does the report.",
        "note: Peaks and clusters carry no region names: install them.",
        "cuneus: interrupted; results that were not complete have not been written.",
        "    Check for a missing decimal point or voxel indices.",
    ],
)
def test_other_lines_are_none(line: str) -> None:
    assert parse(line) is None


def test_the_total_counts_models_and_stages() -> None:
    assert Progress("x", 0.5, number=2, count=4).total == pytest.approx(0.375)
    assert Progress("x", 0.5, 2, 4, model="b", model_number=2, model_count=2).total == pytest.approx(0.6875)
    assert Progress("x", 0.5).total is None


def test_a_run_tells_its_stages(peaks: pd.DataFrame, tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    steps: list[Progress] = []
    cuneus.Effects(relocations=9, out=tmp_path / "o", progress=steps.append, **{**QUICK, "verbose": 1}).fit(peaks)
    numbered = [step for step in steps if step.number is not None]
    assert len(numbered) > 3
    totals = [step.total for step in numbered]
    assert totals == sorted(totals)
    assert steps[-1].stage == "Maps, tables and report"
    assert "stage 1 of" in capfd.readouterr().err
