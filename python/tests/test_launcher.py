"""Finding the program, and the command that pip installs."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

import cuneus

COMMAND = Path(sys.executable).parent / "cuneus"


def script(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    path.chmod(0o755)
    return path


def test_the_variable_comes_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    named = script(tmp_path / "mine", "#!/bin/sh\necho mine\n")
    monkeypatch.setenv("CUNEUS", str(named))
    assert cuneus.program() == named


def test_a_variable_that_names_nothing_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CUNEUS", str(tmp_path / "absent"))
    with pytest.raises(cuneus.ProgramNotFoundError, match="absent"):
        cuneus.program()


def test_the_path_is_searched_past_the_command_of_this_package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CUNEUS", raising=False)
    monkeypatch.setattr("cuneus.launcher._carried", lambda: tmp_path / "none")
    script(tmp_path / "a/cuneus", "#!/usr/bin/python\nfrom cuneus.launcher import launch\n")
    other = script(tmp_path / "b/cuneus", "#!/bin/sh\necho other\n")
    monkeypatch.setenv("PATH", f"{tmp_path / 'a'}:{tmp_path / 'b'}")
    assert cuneus.program() == other
    monkeypatch.setenv("PATH", str(tmp_path / "a"))
    with pytest.raises(cuneus.ProgramNotFoundError, match="CUNEUS"):
        cuneus.program()


def test_the_command_is_the_program() -> None:
    told = subprocess.run([COMMAND, "settings", "--tsv"], check=True, capture_output=True, text=True).stdout
    direct = subprocess.run([cuneus.program(), "settings", "--tsv"], check=True, capture_output=True, text=True).stdout
    assert told == direct and "voxel_size" in told


def test_the_command_keeps_the_exit_code() -> None:
    ended = subprocess.run([COMMAND, "check", "/no/such/folder"], capture_output=True, text=True)
    assert ended.returncode == 2
    assert "no such file" in ended.stderr


def test_a_command_that_leads_back_to_itself_ends(tmp_path: Path) -> None:
    back = script(tmp_path / "back", f'#!/bin/sh\nexec {COMMAND} "$@"\n')
    ended = subprocess.run(
        [COMMAND, "--version"], env={**os.environ, "CUNEUS": str(back)}, capture_output=True, text=True, timeout=30
    )
    assert ended.returncode == 1
    assert "leads back" in ended.stderr
