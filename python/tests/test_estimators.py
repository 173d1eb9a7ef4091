"""Estimators: parameters, options, and what comes back."""

from __future__ import annotations

import copy
from pathlib import Path

import nibabel as nib
import numpy as np
import pandas as pd
import pytest
from conftest import QUICK

import cuneus


def test_parameters_are_options_of_the_same_name() -> None:
    estimator = cuneus.SDMPSI(
        permutations=1000, voxel_size=4, settings={"two_tailed": True, "method": "sdm-psi"}, filter="n >= 20", threads=2
    )
    assert estimator.options() == [
        *["--method", "sdm-psi", "--set", "voxel_size=4", "--set", "permutations=1000"],
        *["--set", "two_tailed=yes", "--set", "method=sdm-psi", "--filter", "n >= 20", "--threads", "2"],
    ]


def test_a_setting_cannot_be_given_twice() -> None:
    with pytest.raises(ValueError, match="voxel_size is given twice"):
        cuneus.ALE(voxel_size=4, settings={"voxel_size": 3}).options()


def test_every_setting_of_every_estimator_is_one_of_the_program() -> None:
    known = set(cuneus.settings()["key"])
    kinds = [kind for kind in vars(cuneus).values() if isinstance(kind, type) and issubclass(kind, cuneus.Estimator)]
    assert len(kinds) > 15
    for kind in kinds:
        assert set(kind._settings) <= known, kind.__name__


def test_every_method_of_an_estimator_is_one_of_the_program() -> None:
    allowed = cuneus.settings().set_index("key").loc["method", "allowed"]
    words = {word.strip(" ,") for word in allowed.split()}
    kinds = [kind for kind in vars(cuneus).values() if isinstance(kind, type) and issubclass(kind, cuneus.Estimator)]
    used = {name for kind in kinds for name in kind()._methods()}
    used |= set(cuneus.MKDA(weighted=True)._methods()) | set(cuneus.Stouffers(use_sample_size=True)._methods())
    used |= set(cuneus.ALESubtraction(balanced=True)._methods())
    used |= set(cuneus.VarianceBasedLikelihood(likelihood="ml")._methods())
    assert used <= words
    offered = {
        word for word in words if word in ("effects", "sdm-psi", "kda") or word.startswith(("ale", "mkda", "ibma"))
    }
    assert offered <= used, "a method of the program has no estimator"


def test_parameters_can_be_read_set_and_copied() -> None:
    estimator = cuneus.ALE(foci_iterations=100)
    assert estimator.get_params()["foci_iterations"] == 100
    assert estimator.set_params(foci_iterations=200, seed=3) is estimator
    assert repr(estimator) == "ALE(seed=3, foci_iterations=200)"
    assert copy.deepcopy(estimator) == estimator
    with pytest.raises(ValueError, match="no parameter 'n_iters'"):
        estimator.set_params(n_iters=10)


def test_effects_find_what_twelve_experiments_agree_on(effects: cuneus.Result) -> None:
    clusters = effects.tables["clusters_corr-FWE"]
    assert len(clusters) == 1
    assert np.linalg.norm(clusters.loc[0, ["x_mm", "y_mm", "z_mm"]].astype(float) - [-42, 26, 0]) < 10
    z = effects.maps["z"]
    voxel = np.round(np.linalg.inv(z.affine) @ [*clusters.loc[0, ["x_mm", "y_mm", "z_mm"]], 1])[:3].astype(int)
    assert z.get_fdata()[tuple(voxel)] == pytest.approx(clusters.loc[0, "z"], abs=1e-3)


def test_the_same_input_and_seed_give_the_same_bytes(
    effects: cuneus.Result, peaks: pd.DataFrame, tmp_path: Path
) -> None:
    again = cuneus.Effects(relocations=19, out=tmp_path / "again", **{**QUICK, "threads": 2}).fit(peaks)
    assert list(again.maps) == list(effects.maps)
    for name in effects.maps:
        np.testing.assert_array_equal(again.maps[name].dataobj, effects.maps[name].dataobj)


def test_a_mask_may_be_an_image(effects: cuneus.Result, peaks: pd.DataFrame) -> None:
    mask = np.asarray(effects.mask_img.dataobj).copy()
    mask[mask.shape[0] // 2 :] = 0
    half = nib.Nifti1Image(mask, effects.mask_img.affine)
    result = cuneus.Effects(relocations=0, mask=half, **QUICK).fit(peaks)
    inside = result.record["result"]["models"][0]["maskVoxels"]
    assert inside == mask.sum()
    assert np.asarray(result.mask_img.dataobj).sum() == inside


def test_several_methods_stand_side_by_side(peaks: pd.DataFrame) -> None:
    both = cuneus.Analysis(methods=["effects", "ale"], settings={"relocations": 9, "foci_iterations": 100}, **QUICK)
    result = both.fit(peaks)
    assert {"z", "ale_positive/z"} <= set(result.maps)
    assert len(result.tables["methods"]) >= 2


def test_a_meta_regression_is_one_covariate_away(peaks: pd.DataFrame) -> None:
    result = cuneus.SDMPSI(imputations=4, covariates="age", **QUICK).fit(peaks)
    assert "age" in set(result.tables["design"].columns)


def test_two_groups_of_studies_are_subtracted(peaks: pd.DataFrame) -> None:
    result = cuneus.ALESubtraction(foci_iterations=100, foci_direction="all", **QUICK).fit(
        peaks.iloc[:12], peaks.iloc[12:]
    )
    difference = result.maps["z_desc-group1MinusGroup2"].get_fdata()
    assert np.isfinite(difference).all() and difference.min() < 0 < difference.max()
    assert result.record["result"]["comparisons"][0]["experiments"] == [f"study{number:02d}" for number in range(12)]
    with pytest.raises(ValueError, match="two studysets say already"):
        cuneus.ALESubtraction(test="mean").fit(peaks.iloc[:12], peaks.iloc[12:])


def test_warnings_about_the_input_are_python_s(peaks: pd.DataFrame) -> None:
    with pytest.warns(cuneus.CuneusWarning, match=r"t_thr.*row 0 of the DataFrame"):
        result = cuneus.Effects(relocations=0, **QUICK).fit(peaks)
    assert "threshold-missing" in set(result.notices["code"])
