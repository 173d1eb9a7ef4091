"""What a run left in its folder."""

from __future__ import annotations

import gc
import json
from pathlib import Path

import nibabel as nib
import numpy as np
import pandas as pd
import pytest
from conftest import QUICK

import cuneus


def test_maps_are_images_that_are_read_late(effects: cuneus.Result) -> None:
    maps = cuneus.read(effects.folder).maps
    assert not maps._read
    image = maps["g"]
    assert isinstance(image, nib.Nifti1Image)
    assert list(maps._read) == ["g"] and maps["g"] is image
    assert "standardised mean difference" in json.dumps(maps.about("g"))


def test_tables_are_those_of_the_files(effects: cuneus.Result) -> None:
    studies = effects.tables["studies"]
    raw = (effects.tables.path("studies")).read_text().splitlines()
    assert list(studies.columns) == raw[0].split("\t") and len(studies) == len(raw) - 1
    assert studies["n1"].dtype.kind == "i"


def test_a_name_that_is_none_tells_the_nearest(effects: cuneus.Result) -> None:
    with pytest.raises(KeyError, match=r"no map 'tau'\. Did you mean tau2"):
        effects.maps["tau"]


def test_every_map_and_table_of_the_record_has_a_name(effects: cuneus.Result) -> None:
    listed = [entry["path"] for entry in effects.record["result"]["models"][0]["files"]]
    assert len(effects.maps) == sum(path.endswith(".nii.gz") for path in listed)
    assert len(effects.tables) == sum(path.endswith(".tsv") for path in listed)


def test_the_mask_is_that_of_the_run(effects: cuneus.Result) -> None:
    inside = np.asarray(effects.mask_img.dataobj)
    assert inside.sum() == effects.record["result"]["models"][0]["maskVoxels"]
    values = effects.get_map("g", return_type="array")
    assert values.shape == (inside.sum(),)
    assert effects.get_map("g") is effects.maps["g"]


def test_words_settings_and_notices(effects: cuneus.Result) -> None:
    assert effects.settings["mean"]["relocations"] == "19"
    assert "meta-analysis" in effects.description_
    assert any("SDM" in reference or "Radua" in reference for reference in effects.references)
    assert {"severity", "code", "file", "line", "message", "remedy"} == set(effects.notices.columns)


def test_the_report_is_a_page(effects: cuneus.Result, tmp_path: Path) -> None:
    effects.report.save_as_html(tmp_path / "r.html")
    assert (tmp_path / "r.html").read_text().lower().startswith("<!doctype html>")
    assert "<iframe srcdoc=" in effects.report._repr_html_()


def test_copies_are_named_after_maps_and_tables(effects: cuneus.Result, tmp_path: Path) -> None:
    (saved,) = effects.save_maps(tmp_path, prefix="mine", names=["z"])
    assert saved == tmp_path / "mine_z.nii.gz"
    np.testing.assert_array_equal(nib.load(saved).dataobj, effects.maps["z"].dataobj)
    tables = effects.save_tables(tmp_path)
    assert {path.name for path in tables} >= {"studies.tsv", "clusters.tsv"}


def test_a_temporary_folder_lives_as_long_as_its_result(peaks: pd.DataFrame, tmp_path: Path) -> None:
    result = cuneus.ALE(foci_iterations=100, **QUICK).fit(peaks)
    folder = result.folder
    kept = result.save(tmp_path / "kept")
    assert folder.exists()
    del result
    gc.collect()
    assert not folder.exists()
    assert kept.maps and kept.report.path.exists()


def test_what_is_no_run_says_so(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match=r"no run.*run\.json"):
        cuneus.read(tmp_path)
    (tmp_path / "run.partial.json").write_text("{}")
    with pytest.raises(FileNotFoundError, match="not finished"):
        cuneus.read(tmp_path)
