"""The program's messages as exceptions."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
from conftest import QUICK

import cuneus
from cuneus.errors import failure, parse_problems


def test_a_failure_of_several_lines_is_several_problems() -> None:
    said = (
        'cuneus: bad/peaks.tsv:5: x is "abc"; a number was expected. Write a decimal number.\n'
        'bad/peaks.tsv:9: y is "z-15"; a number was expected. Write a decimal number.\n'
    )
    first, second = parse_problems(said)
    assert (first.file, first.line, first.severity) == ("bad/peaks.tsv", 5, "error")
    assert (second.file, second.line) == ("bad/peaks.tsv", 9)
    assert first.message.startswith('x is "abc"')


def test_notices_have_code_severity_and_remedy() -> None:
    said = (
        "bad/studies.tsv:3: error: t_thr is 0.001, which looks like a p value. [threshold-is-p]\n"
        "    A t was expected.\n"
        'plan/cuneus.yaml:25:3: warning: model "rest" has 2 experiments. [too-few-experiments]\n'
        "    Read the result as exploratory.\n"
        "Nothing was run: 1 error, 1 warning, no notes; cuneus check lists them all.\n"
    )
    error, warning = parse_problems(said)
    assert (error.severity, error.code, error.line) == ("error", "threshold-is-p", 3)
    assert error.remedy == "A t was expected."
    assert (warning.severity, warning.file, warning.line, warning.column) == ("warning", "plan/cuneus.yaml", 25, 3)


def test_a_colon_in_a_sentence_is_no_file() -> None:
    (problem,) = parse_problems("cuneus: there is no model 'b': there are a and c.\n")
    assert problem.file is None
    assert problem.message == "there is no model 'b': there are a and c."


def test_an_option_is_a_place() -> None:
    (problem,) = parse_problems('cuneus: --set voxel_size=0: voxel_size is "0"; expected a number from 1 to 10 (mm).\n')
    assert problem.file == "--set voxel_size=0"
    assert problem.line is None


@pytest.mark.parametrize(
    ("code", "kind"),
    [(2, cuneus.InputError), (64, cuneus.UsageError), (1, cuneus.CuneusError), (-9, cuneus.CuneusError)],
)
def test_the_exit_code_decides_the_kind(code: int, kind: type[Exception]) -> None:
    error = failure(code, "cuneus: a.tsv:3: wrong.\n", ["cuneus"])
    assert type(error) is kind
    assert error.code == code
    assert (error.file, error.line) == ("a.tsv", 3)


def test_a_silent_end_by_a_signal_is_told_as_one() -> None:
    assert "signal 9" in str(failure(-9, "stage 1\n", ["cuneus"]))


def test_a_number_that_is_none_is_told_with_file_and_line(tmp_path: Path) -> None:
    (tmp_path / "studies.tsv").write_text("experiment\tn1\nA\t20\nB\t21\n")
    (tmp_path / "peaks.tsv").write_text("experiment\tx\ty\tz\tspace\tstat\tvalue\nA\t1\t2\tabc\tmni\tt\t4\n")
    with pytest.raises(cuneus.InputError) as caught:
        cuneus.Effects(**QUICK).fit(tmp_path)
    assert caught.value.code == 2
    assert caught.value.file == str(tmp_path / "peaks.tsv")
    assert caught.value.line == 2
    assert "abc" in str(caught.value)


def test_a_row_of_a_dataframe_is_named(peaks: pd.DataFrame) -> None:
    wrong = peaks.set_index(pd.Index([f"row {number}" for number in range(len(peaks))])).copy()
    wrong.loc["row 7", "x"] = 500
    with pytest.raises(cuneus.InputError) as caught:
        cuneus.Effects(**QUICK).fit(wrong)
    assert [problem.row for problem in caught.value.problems] == ["row 7"]


def test_what_is_not_known_is_told_with_the_nearest(psychotherapy: Path) -> None:
    with pytest.raises(cuneus.InputError, match="imputations"):
        cuneus.Effects(settings={"imputation": 3}, **QUICK).fit(psychotherapy)
    with pytest.raises(cuneus.UsageError, match="--nope") as caught:
        cuneus.Effects(arguments=["--nope"], **QUICK).fit(psychotherapy)
    assert caught.value.code == 64


def test_nothing_is_left_of_a_run_that_failed(tmp_path: Path) -> None:
    with pytest.raises(cuneus.InputError, match="no such file"):
        cuneus.ALE(out=tmp_path / "o", **QUICK).fit(tmp_path / "nowhere")
    assert not (tmp_path / "o").exists()
