"""The code of Docs/python.md runs, from its first block to its last."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from conftest import EXAMPLES

PAGE = EXAMPLES.parent / "Docs/python.md"


def test_the_page_s_code_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "Examples").symlink_to(EXAMPLES)
    monkeypatch.chdir(tmp_path)
    blocks = re.findall(r"^```python\n(.*?)^```", PAGE.read_text(encoding="utf-8"), flags=re.M | re.S)
    assert len(blocks) == 5
    # The first block at its own size is what Scripts/python_test.sh times; here the code is what matters.
    assert 'Effects(models="all")' in blocks[0]
    blocks[0] = blocks[0].replace('models="all"', 'models="all", voxel_size=6, relocations=19, verbose=0')
    names: dict[str, object] = {}
    for block in blocks:
        exec(compile(block, "python.md", "exec"), names)
    assert (tmp_path / "report.html").exists()
    assert "cannot be millimetres in a head" in capsys.readouterr().out
