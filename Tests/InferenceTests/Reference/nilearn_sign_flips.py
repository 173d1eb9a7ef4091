"""Writes nilearn_sign_flips.json: nilearn's sign-flipping test on real images, for PublishedSignFlipTests.swift.

    python3 -m venv venv && venv/bin/pip install nilearn==0.14.1
    venv/bin/python Tests/InferenceTests/Reference/nilearn_sign_flips.py SHELF

The images are the t maps (contrast over the root of its variance) of the ten pain experiments that give both, in
SHELF/data/pain21, one as one subject. Every second voxel is taken along each axis, and of these the ones that all ten
maps have. nilearn's permuted_ols tests their mean, upper tail, against random sign flips, with TFCE. It draws its flips
itself; they are drawn again here, in its way, so that the very same can be used on the other side: bit i of a
permutation says that subject i is flipped. Takes some minutes.
"""

import json
import platform
import sys
from pathlib import Path

import nibabel
import nilearn
import numpy as np
import scipy
from nilearn.maskers import NiftiMasker
from nilearn.mass_univariate import permuted_ols

COUNT, PERMUTATIONS, SEED = 10, 500, 0

folder = Path(sys.argv[1]) / "data" / "pain21"
inside = nibabel.load(folder / "mask.nii.gz").get_fdata() > 0
maps = []
for study in range(1, COUNT + 1):
    contrast = nibabel.load(folder / f"contrast_pain_{study:02d}.nii.gz").get_fdata()
    variance = nibabel.load(folder / f"var_pain_{study:02d}.nii.gz").get_fdata()
    inside &= (contrast != 0) & (variance > 0)
    with np.errstate(all="ignore"):
        maps.append(contrast / np.sqrt(variance))
every = (slice(None, None, 2),) * 3
inside = inside[every]
affine = np.diag([-4.0, 4.0, 4.0, 1.0])
# Mask order: i fastest, then j, then k.
order = np.argsort(np.ravel_multi_index(np.nonzero(inside), inside.shape, order="F"))
voxels = np.ravel_multi_index(np.nonzero(inside), inside.shape, order="F")[order]

masker = NiftiMasker(nibabel.Nifti1Image(inside.astype(np.uint8), affine), standardize=None).fit()
# permuted_ols wants the masker's own order: row-major.
data = np.array([image[every][inside] for image in maps])
result = permuted_ols(
    np.ones((COUNT, 1)), data, model_intercept=False, n_perm=PERMUTATIONS, two_sided_test=False, random_state=SEED,
    n_jobs=1, masker=masker, tfce=True)

# The flips: permuted_ols seeds its one chunk with a number from its own generator, and flips on top of the last flips.
chunk = np.random.RandomState(np.random.RandomState(SEED).randint(1, np.iinfo(np.int32).max - 1))
signs = np.ones(COUNT, int)
flips = []
for _ in range(PERMUTATIONS):
    signs = signs * (chunk.randint(2, size=(COUNT, 1)).ravel() * 2 - 1)
    flips.append(sum(1 << subject for subject in range(COUNT) if signs[subject] < 0))

t = result["t"][0][order]
tfce = result["tfce"][0][order]
p = 10 ** -result["logp_max_t"][0][order]
p_tfce = 10 ** -result["logp_max_tfce"][0][order]
# Voxels of all p: evenly by t, and by TFCE, in the upper half.
chosen = set()
for values in (t, tfce):
    ranked = np.argsort(values)
    chosen |= set(ranked[np.linspace(len(ranked) // 2, len(ranked) - 1, 20).astype(int)])
    ranked = ranked[-400:]
    chosen |= set(ranked[np.linspace(0, 399, 20).astype(int)])
chosen = sorted(int(index) for index in chosen)


def short(values, digits):
    return [float(f"%.{digits}g" % value) for value in values]


out = {
    "source": f"nilearn {nilearn.__version__} permuted_ols, numpy {np.__version__}, scipy {scipy.__version__}, "
    f"Python {platform.python_version()}; nilearn_sign_flips.py",
    "subjects": COUNT,
    "voxels": len(voxels),
    "flips": flips,
    "maximum_t": short(result["h0_max_t"][0], 9),
    "maximum_tfce": short(result["h0_max_tfce"][0], 9),
    "positions": chosen,
    "t": short(t[chosen], 9),
    "tfce": short(tfce[chosen], 9),
    "p_t": short(p[chosen], 9),
    "p_tfce": short(p_tfce[chosen], 9),
}
lines = ",\n".join(f" {json.dumps(key)}: {json.dumps(value)}" for key, value in out.items())
Path(__file__).with_suffix(".json").write_text("{\n" + lines + "\n}\n")
print(len(voxels), "voxels; p from", p.min(), "and", p_tfce.min())
