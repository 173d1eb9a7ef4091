"""Ctrl-C and SIGTERM: the program ends with Python."""

from __future__ import annotations

import signal
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import pandas as pd
import pytest


def running(word: str) -> list[int]:
    """Processes whose command line has the word."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                text = (entry / "cmdline").read_bytes().decode(errors="replace")
                state = (entry / "stat").read_text().rsplit(")", 1)[1].split()[0]
            except OSError:
                continue
            if word in text and state != "Z":
                found.append(int(entry.name))
    return found


def wait_until(condition, seconds: float = 60) -> bool:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if condition():
            return True
        time.sleep(0.05)
    return False


@pytest.mark.parametrize(
    ("number", "code", "said"),
    [(signal.SIGINT, 7, "caught: "), (signal.SIGTERM, 143, "")],
    ids=["Ctrl-C raises KeyboardInterrupt", "SIGTERM ends both"],
)
def test_the_program_ends_with_python(
    number: signal.Signals, code: int, said: str, peaks: pd.DataFrame, tmp_path: Path
) -> None:
    peaks.to_csv(tmp_path / "peaks.csv", index=False)
    out = tmp_path / "long-run"
    script = textwrap.dedent(
        f"""
        import sys, pandas, cuneus
        try:
            peaks = pandas.read_csv({str(tmp_path / "peaks.csv")!r})
            cuneus.ALE(foci_iterations=5_000_000, threads=1, out={str(out)!r}).fit(peaks)
        except KeyboardInterrupt as error:
            print("caught:", error)
            sys.exit(7)
        """
    )
    log = tmp_path / "log"
    with log.open("w") as file:
        # A shell's background jobs ignore Ctrl-C, and so would what they start: as at a terminal, it is heard.
        python = subprocess.Popen(
            [sys.executable, "-c", script],
            stdout=subprocess.PIPE,
            stderr=file,
            text=True,
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
        )
    try:
        # The line comes after ten seconds of a stage; the program's ledger or its folder, at once.
        assert wait_until(lambda: (out / "run.partial.json").exists() or len(running(f"--out\0{out}")) == 1)
        time.sleep(1.5)
        assert running(f"--out\0{out}"), log.read_text()
        began = time.monotonic()
        python.send_signal(number)
        output, _ = python.communicate(timeout=60)
    finally:
        python.kill()
    assert python.returncode == code
    assert output.startswith(said)
    assert time.monotonic() - began < 60
    assert wait_until(lambda: not running(f"--out\0{out}"), 15), "the program went on"
    assert not (out / "run.json").exists()
