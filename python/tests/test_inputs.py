"""Tables and dicts as files that the program reads."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import cuneus
from cuneus.inputs import prepare, prepare_pair, write_table


def read(path: Path) -> pd.DataFrame:
    return pd.read_csv(path, sep="\t", dtype=str, keep_default_na=False)


def test_a_path_is_passed_on_with_what_follows_its_colon(tmp_path: Path) -> None:
    assert prepare("inc.txt:+", tmp_path).arguments == ["inc.txt:+"]
    assert prepare(["inc.txt:+", Path("dec.txt")], tmp_path).arguments == ["inc.txt:+", "dec.txt"]


def test_a_table_of_peaks_becomes_two_tables(peaks: pd.DataFrame, tmp_path: Path) -> None:
    prepare(peaks, tmp_path)
    studies, written = read(tmp_path / "studies.tsv"), read(tmp_path / "peaks.tsv")
    assert list(studies.columns) == ["experiment", "study", "n1", "age", "task"]
    assert list(studies["experiment"]) == sorted(peaks["study"].unique())
    assert list(studies["n1"].astype(int)) == list(range(18, 30))
    assert len(written) == len(peaks)
    assert set(written["stat"]) == {"t"}
    np.testing.assert_array_equal(written["value"].astype(float), peaks["t"])


def test_a_peak_without_a_statistic_has_neither_kind_nor_value(peaks: pd.DataFrame, tmp_path: Path) -> None:
    some = peaks.copy()
    some.loc[3, "t"] = np.nan
    prepare(some, tmp_path)
    row = read(tmp_path / "peaks.tsv").iloc[3]
    assert row["stat"] in ("", "NA") and row["value"] in ("", "NA")
    found = cuneus.check(some)
    assert list(found.query("code == 'sign-unknown'")["row"]) == [3]


def test_a_column_that_varies_within_an_experiment_is_refused(peaks: pd.DataFrame, tmp_path: Path) -> None:
    torn = peaks.copy()
    torn.loc[0, "age"] = 99.0
    with pytest.raises(ValueError, match=r"^age: more than one value within an experiment"):
        prepare(torn, tmp_path)


def test_a_table_without_sizes_is_refused_with_the_name_of_the_column(peaks: pd.DataFrame, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="no column n1"):
        prepare(peaks.drop(columns="n"), tmp_path)


def test_two_tables_keep_an_experiment_that_found_nothing(peaks: pd.DataFrame, tmp_path: Path) -> None:
    prepare(peaks, tmp_path / "a")
    studies = pd.read_csv(tmp_path / "a/studies.tsv", sep="\t").assign(report="peaks")
    found = pd.read_csv(tmp_path / "a/peaks.tsv", sep="\t")
    nothing = pd.DataFrame({"experiment": ["silent"], "study": ["silent"], "n1": [40], "report": ["none"]})
    result = cuneus.Effects(relocations=0, voxel_size=6, verbose=0).fit((pd.concat([studies, nothing]), found))
    silent = result.tables["studies"].set_index("experiment").loc["silent"]
    assert silent["n1"] == 40 and silent["peaks"] == 0


def test_cells_keep_all_their_digits_and_stay_in_their_row(tmp_path: Path) -> None:
    frame = pd.DataFrame({"a": [0.1 + 0.2, 3.0, np.nan], "b": ["two\nlines\tand a tab", None, True]})
    write_table(frame, tmp_path / "t.tsv")
    assert (tmp_path / "t.tsv").read_text() == ("a\tb\n0.30000000000000004\ttwo lines and a tab\n3\tNA\nNA\tyes\n")


def test_a_nimads_dict_is_json_without_numpy_and_nan(tmp_path: Path) -> None:
    studyset = {
        "studies": [
            {
                "id": "s1",
                "analyses": [
                    {
                        "id": "a1",
                        "metadata": {"sample_sizes": np.array([20]), "age": np.float64("nan")},
                        "points": [{"coordinates": np.array([1.0, 2.0, 3.0]), "space": "MNI", "values": []}],
                    }
                ],
            }
        ],
        "annotations": [{"id": "n", "notes": [{"analysis": "a1", "note": {"include": True}}]}],
    }
    prepared = prepare(studyset, tmp_path)
    written = json.loads((tmp_path / "studyset.json").read_text())
    analysis = written["studies"][0]["analyses"][0]
    assert analysis["metadata"] == {"sample_sizes": [20], "age": None}
    assert analysis["points"][0]["coordinates"] == [1.0, 2.0, 3.0]
    assert prepared.options == ["--annotation", str(tmp_path / "annotation_1.json")]
    assert "annotations" in studyset, "what was given is not changed"


def test_two_groups_are_one_input_with_a_column(peaks: pd.DataFrame, tmp_path: Path) -> None:
    first, second = peaks.iloc[:12], peaks.iloc[12:]
    prepare_pair(first, second, tmp_path, "side")
    studies = read(tmp_path / "studies.tsv")
    assert list(studies["side"]) == ["first"] * 6 + ["second"] * 6


def test_what_is_no_input_is_refused_by_name(tmp_path: Path) -> None:
    with pytest.raises(TypeError, match=r"^int is no input"):
        prepare(3, tmp_path)
    with pytest.raises(TypeError, match="a file needs a column"):
        prepare_pair("a.json", "b.json", tmp_path, "side")


def test_names_that_cannot_be_files_become_plain_and_stay_apart(peaks: pd.DataFrame, tmp_path: Path) -> None:
    named = peaks.assign(study=peaks["study"].replace({"study00": "Müller & Roy 2019", "study01": "Müller/Roy 2019"}))
    prepare(named, tmp_path)
    studies, written = read(tmp_path / "studies.tsv"), read(tmp_path / "peaks.tsv")
    assert list(studies["experiment"][:3]) == ["Muller_Roy_2019", "Muller_Roy_2019_2", "study02"]
    assert list(studies["study"][:2]) == ["Müller & Roy 2019", "Müller/Roy 2019"]
    assert set(written["experiment"]) == set(studies["experiment"])
    assert cuneus.check(named).query("severity == 'error'").empty
