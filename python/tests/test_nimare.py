"""NiMARE's objects in, NiMARE's objects out."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import nibabel as nib
import nimare
import numpy as np
import pytest
from conftest import QUICK
from nilearn import plotting
from nimare.dataset import Dataset
from nimare.nimads import Studyset

import cuneus

DATA = Path(nimare.__file__).parent / "tests/data"


@pytest.fixture(scope="module")
def studyset() -> Studyset:
    return Studyset(str(DATA / "nidm_pain_studyset.json"))


@pytest.fixture(scope="module")
def dataset() -> Dataset:
    return Dataset(str(DATA / "nidm_pain_dset.json"))


def test_cuneus_does_not_import_nimare() -> None:
    code = "import sys, cuneus; assert not {'nimare', 'nilearn', 'matplotlib'} & set(sys.modules), 'imported'"
    subprocess.run([sys.executable, "-c", code], check=True)


def test_a_studyset_a_dataset_and_their_file_are_one_input(studyset: Studyset, dataset: Dataset) -> None:
    ale = cuneus.ALE(foci_iterations=100, **QUICK)
    results = [ale.fit(source) for source in (studyset, dataset, DATA / "nidm_pain_studyset.json")]
    for result in results:
        assert result.record["result"]["comparisons"][0]["methods"][0]["foci"] > 200
        assert len(result.record["result"]["comparisons"][0]["experiments"]) == 21
    for result in results[1:]:
        np.testing.assert_array_equal(result.maps["stat"].dataobj, results[0].maps["stat"].dataobj)


def test_a_slice_has_only_its_analyses(studyset: Studyset) -> None:
    part = studyset.slice(studyset.ids[:8])
    result = cuneus.ALE(foci_iterations=100, **QUICK).fit(part)
    assert len(result.record["result"]["comparisons"][0]["experiments"]) == 8


def test_ale_is_that_of_nimare(studyset: Studyset) -> None:
    from nimare.meta.cbma.ale import ALE

    theirs = ALE(null_method="approximate").fit(studyset)
    mask = theirs.masker.mask_img
    ours = cuneus.ALE(
        foci_correction="fdr", foci_compat="nimare", foci_mask=mask, settings={"samples": "separate"}, verbose=0
    ).fit(studyset)
    stat = ours.maps["stat"]
    # The same voxels, but for the order of the x axis.
    assert np.allclose(nib.as_closest_canonical(stat).affine, nib.as_closest_canonical(mask).affine)
    inside = np.asarray(nib.as_closest_canonical(mask).dataobj) > 0
    reference = nib.as_closest_canonical(theirs.get_map("stat")).get_fdata()[inside]
    values = nib.as_closest_canonical(stat).get_fdata()[inside]
    np.testing.assert_allclose(values, reference, atol=2e-7)
    z = nib.as_closest_canonical(ours.maps["z"]).get_fdata()[inside]
    np.testing.assert_allclose(z, nib.as_closest_canonical(theirs.get_map("z")).get_fdata()[inside], atol=1e-4)


def test_groups_may_be_studysets_or_datasets(studyset: Studyset, dataset: Dataset) -> None:
    chi = cuneus.MKDAChi2(foci_iterations=100, **QUICK)
    by_studyset = chi.fit(studyset.slice(studyset.ids[:10]), studyset.slice(studyset.ids[10:]))
    by_dataset = chi.fit(dataset.slice(dataset.ids[:10]), dataset.slice(dataset.ids[10:]))
    assert list(by_studyset.maps) == list(by_dataset.maps)
    for name in by_studyset.maps:
        np.testing.assert_array_equal(by_studyset.maps[name].dataobj, by_dataset.maps[name].dataobj)


def test_images_of_a_dataset_are_found_where_it_says(dataset: Dataset, effects: cuneus.Result, tmp_path: Path) -> None:
    draw = np.random.default_rng(3)
    inside = np.asarray(effects.mask_img.dataobj) > 0
    frame = dataset.images.copy()
    truth = []
    for number in range(len(frame)):
        # Smooth enough to be a map: noise over a bump.
        data = draw.normal(0, 1, inside.shape)
        data[8:14, 20:26, 10:16] += 2
        truth.append(np.where(inside, data, np.nan))
        nib.save(
            nib.Nifti1Image(truth[-1].astype(np.float32), effects.mask_img.affine), tmp_path / f"{number}_z.nii.gz"
        )
    frame["z"] = [str(tmp_path / f"{number}_z.nii.gz") for number in range(len(frame))]
    frame = frame.drop(columns=[name for name in frame if name.endswith("__relative")])
    with_images = dataset.copy()
    with_images.images = frame
    result = cuneus.Stouffers(mask=effects.mask_img, settings={"samples": "separate"}, **QUICK).fit(with_images)
    expected = np.sum(truth, axis=0)[inside] / np.sqrt(len(truth))
    got = result.maps["z"].get_fdata()[inside]
    np.testing.assert_allclose(got, expected, atol=2e-3)


def test_an_annotation_becomes_columns() -> None:
    # A studyset of NeuroStore with its annotation; every third note says that its analysis is not to enter.
    annotation = json.loads((DATA / "nimads_annotation.json").read_text())
    for note in annotation["notes"][::3]:
        note["note"]["include"] = False
    left_out = {note["analysis"] for note in annotation["notes"][::3]}
    studyset = Studyset(str(DATA / "nimads_studyset.json"), annotations=[annotation])
    ale = cuneus.ALE(foci_iterations=100, space="mni", **QUICK)
    everything = ale.fit(studyset).record["result"]["comparisons"][0]["experiments"]
    used = ale.set_params(filter="include").fit(studyset).record["result"]["comparisons"][0]["experiments"]
    assert set(used) < set(everything)
    with_foci = {analysis.id for analysis in studyset.analyses if analysis.points}
    assert len(everything) - len(used) == len(left_out & with_foci)


def test_a_result_is_a_result_of_nimare(studyset: Studyset, tmp_path: Path) -> None:
    ours = cuneus.ALE(foci_iterations=100, **QUICK).fit(studyset)
    theirs = ours.to_nimare()
    np.testing.assert_allclose(theirs.get_map("z", return_type="array"), ours.get_map("z", return_type="array"))
    theirs.save_maps(output_dir=str(tmp_path))
    saved = nib.load(tmp_path / "z.nii.gz")
    np.testing.assert_allclose(saved.get_fdata(), ours.maps["z"].get_fdata(), atol=1e-5)
    assert "clusters" in theirs.tables


def test_maps_are_plotted_by_nilearn(effects: cuneus.Result, tmp_path: Path) -> None:
    display = plotting.plot_stat_map(effects.maps["z"], threshold=2, cut_coords=(-42, 26, 0))
    display.savefig(tmp_path / "z.png")
    assert (tmp_path / "z.png").stat().st_size > 10_000
