"""What tests share: the program, the examples, small inputs."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import cuneus

EXAMPLES = Path(__file__).parents[2] / "Examples"

#: Settings that make an analysis take a second: a coarse grid, few draws.
QUICK: dict[str, object] = {"voxel_size": 6, "verbose": 0, "threads": 1}


@pytest.fixture(scope="session", autouse=True)
def _program() -> None:
    """Without the program nothing here means anything: fail, do not skip."""
    cuneus.program()


@pytest.fixture(scope="session")
def psychotherapy() -> Path:
    return EXAMPLES / "psychotherapy"


@pytest.fixture(scope="session")
def peaks() -> pd.DataFrame:
    """Twelve experiments that report an increase near one place, and scattered peaks besides."""
    draw = np.random.default_rng(1)
    rows = []
    for number in range(12):
        people = 18 + number
        near = np.array([-42, 26, 0]) + draw.normal(0, 4, 3)
        far = draw.uniform([-50, -80, -20], [50, 50, 60])
        for place, t in ((near, 5.5), (far, 4.2 if number % 2 else -4.2)):
            x, y, z = np.round(place)
            rows.append((f"study{number:02d}", x, y, z, people, t + draw.normal(0, 0.2), 25.5 + number, "rest"))
    return pd.DataFrame(rows, columns=["study", "x", "y", "z", "n", "t", "age", "task"])


@pytest.fixture(scope="session")
def effects(peaks: pd.DataFrame, tmp_path_factory: pytest.TempPathFactory) -> Iterator[cuneus.Result]:
    """One run that several tests look at."""
    out = tmp_path_factory.mktemp("effects") / "run"
    yield cuneus.Effects(relocations=19, out=out, **QUICK).fit(peaks)
