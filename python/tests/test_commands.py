"""pool, study, extract, check, settings."""

from __future__ import annotations

from pathlib import Path

import nibabel as nib
import numpy as np
import pandas as pd
import pytest
from conftest import EXAMPLES, QUICK

import cuneus

#: Colditz and others 1994, the BCG vaccine: the first columns of metafor's dat.bcg.
BCG = pd.DataFrame(
    {
        "author": [
            *["Aronson", "Ferguson & Simes", "Rosenthal et al", "Hart & Sutherland", "Frimodt-Moller et al"],
            *["Stein & Aronson", "Vandiviere et al", "TPT Madras", "Coetzee & Berjak", "Rosenthal et al"],
            *["Comstock et al", "Comstock & Webster", "Comstock et al"],
        ],
        "year": [1948, 1949, 1960, 1977, 1973, 1953, 1973, 1980, 1968, 1961, 1974, 1969, 1976],
        "tpos": [4, 6, 3, 62, 33, 180, 8, 505, 29, 17, 186, 5, 27],
        "tneg": [119, 300, 228, 13536, 5036, 1361, 2537, 87886, 7470, 1699, 50448, 2493, 16886],
        "cpos": [11, 29, 11, 248, 47, 372, 10, 499, 45, 65, 141, 3, 29],
        "cneg": [128, 274, 209, 12619, 5761, 1079, 619, 87892, 7232, 1600, 27197, 2338, 17825],
        "ablat": [44, 55, 42, 52, 13, 44, 19, 13, 27, 42, 18, 33, 33],
    }
)


def test_pooling_gives_metafor_s_numbers() -> None:
    # rma(measure="RR", ai=tpos, bi=tneg, ci=cpos, di=cneg, data=dat.bcg), metafor 3.8-1.
    result = cuneus.pool(BCG, measure="RR", test="z", moderators="ablat")
    row = result.outcomes.iloc[0]
    assert row["estimate"] == pytest.approx(-0.7145323, abs=1e-6)
    assert row["standardError"] == pytest.approx(0.1797815, abs=1e-6)
    assert row["tau2"] == pytest.approx(0.3132433, abs=1e-6)
    assert "ablat" in result.tables["moderators"].to_string()
    assert "13 studies" in result.text and "Report:" not in result.text
    assert isinstance(cuneus.read(result.folder), cuneus.PoolResult)


def test_a_row_that_cannot_be_is_told_by_its_label() -> None:
    wrong = BCG.set_index("author", drop=False).rename_axis(None)
    wrong = wrong.assign(tpos=[-4, *BCG["tpos"][1:]])
    with pytest.raises(cuneus.InputError) as caught:
        cuneus.pool(wrong, measure="RR")
    assert caught.value.problems[0].row == "Aronson"
    kept = cuneus.pool(wrong, measure="RR", leave_out=True)
    assert kept.outcomes.iloc[0]["effects"] == 12


def test_a_study_of_ten_people(tmp_path: Path) -> None:
    table = EXAMPLES / "pre-post/participants.tsv"
    by_path = cuneus.study(
        table, paired="session=pre,post", permutations=50, verbose=0, threads=1, out=tmp_path / "by-path"
    )
    frame = pd.read_csv(table, sep="\t")
    frame["image"] = [nib.load(table.parent / name) for name in frame["image"]]
    by_images = cuneus.study(
        frame, paired=("session_id", ["pre", "post"]), permutations=50, verbose=0, threads=1, out=tmp_path / "by-images"
    )
    np.testing.assert_allclose(by_images.maps["t"].get_fdata(), by_path.maps["t"].get_fdata(), atol=1e-5)
    assert len(by_path.tables["clusters"]) >= 1


def test_a_study_joins_a_meta_analysis(tmp_path: Path) -> None:
    cuneus.study(
        EXAMPLES / "pre-post/participants.tsv",
        paired="session=pre,post",
        permutations=50,
        into=tmp_path / "project",
        experiment="own2026",
        verbose=0,
        threads=1,
    )
    assert list(pd.read_csv(tmp_path / "project/studies.tsv", sep="\t")["experiment"]) == ["own2026"]


def test_effects_at_a_place_are_those_of_the_map(peaks: pd.DataFrame) -> None:
    estimator = cuneus.SDMPSI(imputations=6, **QUICK)
    found = cuneus.extract(peaks, at=[(-42, 26, 0)], estimator=estimator)
    place = found.tables["places"].iloc[0]
    result = estimator.fit(peaks)
    g = result.maps["g"]
    voxel = np.round(np.linalg.inv(g.affine) @ [place["x_mm"], place["y_mm"], place["z_mm"], 1])[:3].astype(int)
    assert g.get_fdata()[tuple(voxel)] == pytest.approx(place["g"], abs=6e-5)
    means = found.tables["imputations"].groupby("experiment", sort=False)["effect"].mean()
    np.testing.assert_allclose(means, found.tables["experiments"].set_index("experiment")["effect"], atol=6e-5)


def test_a_place_outside_is_told_beside_the_others(peaks: pd.DataFrame) -> None:
    estimator = cuneus.SDMPSI(imputations=4, **QUICK)
    found = cuneus.extract(peaks, at=[(-42, 26, 0), (90, 90, 90)], estimator=estimator)
    assert "(90,90,90) is outside the mask" in found.outside[0].message
    assert list(found.tables["places"]["voxels"]) == [1, 0]
    with pytest.raises(cuneus.InputError, match="outside the mask"):
        cuneus.extract(peaks, at=[(90, 90, 90)], estimator=estimator)


def test_checking_gives_findings_as_a_table(peaks: pd.DataFrame) -> None:
    wrong = peaks.copy()
    wrong.loc[5, "z"] = 400
    found = cuneus.check(wrong)
    errors = found.query("severity == 'error'")
    assert list(errors["code"]) == ["coordinate-implausible"]
    assert list(errors["row"]) == [5] and list(errors["line"]) == [7]
    assert cuneus.check(peaks).query("severity == 'error'").empty
    assert not cuneus.check(peaks, strict=True).query("severity == 'error'").empty
    with pytest.raises(cuneus.InputError, match="no such file"):
        cuneus.check("/no/such/folder")


def test_settings_are_the_program_s() -> None:
    table = cuneus.settings().set_index("key")
    assert table.loc["voxel_size", "default"] == "2"
