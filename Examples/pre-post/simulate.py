#!/usr/bin/env python3
"""Simulated contrast images of ten people before and after a treatment, and their clinical score.

Nothing here was measured. What is true is written below, so that a reader can see what a study of ten finds of it and what
it misses. Needs Python 3 with numpy; the brain mask comes with Cuneus.

    python3 simulate.py            writes participants.tsv and images/ beside this file; the same seed, the same bytes
"""
import gzip
import io
import os
import struct

import numpy as np

SEED = 20260715
PEOPLE = 10
VOXEL = 6.0  # mm
SMOOTH = 12.0  # mm, full width at half maximum of the noise
HERE = os.path.dirname(os.path.abspath(__file__))
MASK = os.path.join(HERE, "../../Sources/Imaging/Resources/tpl-MNI152NLin2009aSym_res-02_desc-brain_mask.nii.gz")

# What is true. Centres in mm (MNI); width in mm (full width at half maximum); d_z: the mean change in units of its standard
# deviation between people; r: the correlation of the change with the change of the score (negative: those whose score falls
# most change most upwards). An effect of d_z = 0.6 is usual for a change of a brain map, 2.2 is far beyond what is published once
# selection is allowed for; r = -0.6 is a strong correlation.
TRUTH = [
    # name                                   centre            width  d_z    r
    ("dorsal anterior cingulate",            (0, 24, 32),      30,    2.2,   0.0),
    ("left ventrolateral prefrontal cortex", (-44, 30, -4),    20,   -0.6,   0.0),
    ("left orbitofrontal cortex / striatum", (-18, 12, -10),   20,    0.0,  -0.6),
]


def read_mask(path):
    data = gzip.open(path).read()
    shape = struct.unpack("<3h", data[42:48])
    rows = np.frombuffer(data[280:328], "<f4").reshape(3, 4).astype(float)
    values = np.frombuffer(data[352:], np.uint8 if struct.unpack("<h", data[70:72])[0] == 2 else "<f4")
    return values[: np.prod(shape)].reshape(shape, order="F"), rows


def grid():
    shape = tuple(int(extent // VOXEL) + 1 for extent in (180, 216, 180))
    affine = np.array([[-VOXEL, 0, 0, 90], [0, VOXEL, 0, -126], [0, 0, VOXEL, -72]], float)
    i, j, k = np.indices(shape)
    world = np.stack([90 - VOXEL * i, -126 + VOXEL * j, -72 + VOXEL * k], -1).astype(float)
    return shape, affine, world


def smooth_noise(rng, shape):
    """Gaussian noise of standard deviation 1, smoothed along each axis."""
    sigma = SMOOTH / 2.3548200450309493 / VOXEL
    reach = int(np.ceil(4 * sigma))
    kernel = np.exp(-0.5 * (np.arange(-reach, reach + 1) / sigma) ** 2)
    kernel /= np.sqrt((kernel**2).sum())
    noise = rng.standard_normal([n + 2 * reach for n in shape])
    for axis in range(3):
        noise = np.apply_along_axis(lambda line: np.convolve(line, kernel, "valid"), axis, noise)
    return noise


def write(path, values, affine):
    """NIfTI-1, 16-bit with a scale, gzip without a time stamp."""
    scale = float(np.abs(values).max()) / 32000 or 1.0
    stored = np.rint(values / scale).astype("<i2")
    # 0 is kept for outside the brain: readers take it for no value.
    stored[(stored == 0) & (values != 0)] = 1
    header = bytearray(352)
    struct.pack_into("<i", header, 0, 348)
    struct.pack_into("<8h", header, 40, 3, *values.shape, 1, 1, 1, 1)
    struct.pack_into("<2h", header, 70, 4, 16)
    struct.pack_into("<8f", header, 76, 1, VOXEL, VOXEL, VOXEL, 0, 0, 0, 0)
    struct.pack_into("<3f", header, 108, 352, scale, 0)
    header[123] = 10
    text = b"SIMULATED contrast estimate (Cuneus example)"
    header[148:148 + len(text)] = text
    struct.pack_into("<2h", header, 252, 0, 4)
    struct.pack_into("<12f", header, 280, *affine.ravel())
    header[344:348] = b"n+1\0"
    out = io.BytesIO()
    with gzip.GzipFile(fileobj=out, mode="wb", compresslevel=9, mtime=0, filename="") as file:
        file.write(bytes(header) + stored.tobytes(order="F"))
    with open(path, "wb") as file:
        file.write(out.getvalue())


def main():
    rng = np.random.default_rng(SEED)
    shape, affine, world = grid()
    mask, rows = read_mask(MASK)
    inverse = np.linalg.inv(np.vstack([rows, [0, 0, 0, 1]]))
    voxel = np.rint(np.einsum("ab,...b->...a", inverse[:3, :3], world) + inverse[:3, 3]).astype(int)
    inside_box = ((voxel >= 0) & (voxel < np.array(mask.shape))).all(-1)
    voxel = np.clip(voxel, 0, np.array(mask.shape) - 1)
    inside = inside_box & (mask[voxel[..., 0], voxel[..., 1], voxel[..., 2]] > 0)

    os.makedirs(os.path.join(HERE, "images"), exist_ok=True)
    # The score falls by 8 points on average, in some people hardly.
    before = np.rint(rng.normal(22, 3, PEOPLE)).astype(int)
    fall = rng.standard_normal(PEOPLE)
    after = np.clip(np.rint(before - 8 + 4 * fall), 0, None).astype(int)
    ages = rng.integers(21, 46, PEOPLE)
    table = ["participant_id\tsession_id\timage\tage\thamd"]
    # One pattern of task activity that all share, so that the images look like contrast images.
    shared = sum(
        height * np.exp(-4 * np.log(2) * ((world - np.array(centre)) ** 2).sum(-1) / 30**2)
        for centre, height in [((0, -80, 8), 2.0), ((42, -4, 52), 1.2), ((-42, -4, 52), 1.2), ((0, -52, 26), -1.5)]
    )
    for person in range(PEOPLE):
        trait = smooth_noise(rng, shape)
        noise = [smooth_noise(rng, shape), smooth_noise(rng, shape)]
        # The difference of two sessions has a standard deviation of 1 between people.
        pre = shared + trait + noise[0] / np.sqrt(2)
        post = shared + trait + noise[1] / np.sqrt(2)
        for _, centre, width, d, r in TRUTH:
            shape_of = np.exp(-4 * np.log(2) * ((world - np.array(centre)) ** 2).sum(-1) / width**2)
            # r of the change with the score's change: signal r against noise of 1, both standardised at the centre.
            slope = r / np.sqrt(1 - r * r)
            post = post + shape_of * (d + slope * fall[person])
        for name, values, score in (("pre", pre, before), ("post", post, after)):
            path = f"images/sub-{person + 1:02d}_ses-{name}_contrast-emotion_stat-effect_statmap.nii.gz"
            write(os.path.join(HERE, path), np.where(inside, values, 0), affine)
            table.append(f"sub-{person + 1:02d}\t{name}\t{path}\t{ages[person]}\t{score[person]}")
    with open(os.path.join(HERE, "participants.tsv"), "w") as file:
        file.write("\n".join(table) + "\n")


main()
