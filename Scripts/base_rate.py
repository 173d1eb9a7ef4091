#!/usr/bin/env python3
"""Make the map of base rates in Sources/Imaging/Resources from the coordinates of the Neurosynth database.

    Scripts/base_rate.py              write the map from the shelf ($CUNEUS_SHELF, else ../shared)
    Scripts/base_rate.py --data DIR   from the two Neurosynth tables in a folder
    Scripts/base_rate.py --check      write nothing; exit 1 unless the committed file is what this makes

How often a place of the brain is printed in tables of coordinates, whatever the study was about: the density of the foci of
all tables of 3 to 40 foci, smoothed by a Gaussian of 10 mm FWHM, at every 4 mm. Coordinates in MNI space are taken as they are,
those in Talairach space are converted (Lancaster et al. 2007, icbm2tal, both programs pooled, as Cuneus converts them), those of
unknown space are left out. Python 3 standard library only; the same tables give the same image.
"""

import argparse
import csv
import gzip
import hashlib
import io
import math
import os
import struct
import sys
from array import array
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
RESOURCES = ROOT / "Sources" / "Imaging" / "Resources"
NAME = "base-rate_space-MNI152_res-04_density.nii.gz"
BRAIN = "tpl-MNI152NLin2009aSym_res-02_desc-brain_mask.nii.gz"
TABLES = "data-neurosynth_version-7_{}.tsv.gz"
SHA256 = {
    "coordinates": "17135be3e08a0ab045896c77217e8463086543a0817d52a6a88c8e32c1161616",
    "metadata": "8acde7de2a14ee2a12b406e50a8805e83288b0bc78924ddb36879d496dfb757b",
}

FINE = (91, 109, 91)  # 2 mm, voxel (0, 0, 0) at (90, -126, -72), x stored right to left
SHAPE = (46, 55, 46)  # every second of them
ORIGIN = (90, -126, -72)
LEAST, MOST = 3, 40
FWHM = 10.0
# How far from the brain the map is kept, in steps of 2 mm: what is interpolated anywhere in the brain needs no voxel beyond.
MARGIN = 3

# icbm_other of Lancaster et al. 2007, doi:10.1002/hbm.20345: MNI to Talairach.
LANCASTER = (
    (0.9357, 0.0029, -0.0072, -1.0423),
    (-0.0065, 0.9396, -0.0726, -1.3940),
    (0.0103, 0.0752, 0.8967, 3.6475),
)


def fail(message):
    sys.exit(f"base_rate.py: {message}")


def sha256(data):
    return hashlib.sha256(data).hexdigest()


def rows(folder, kind):
    """The rows of a table, after making sure that it is the table we think it is."""
    path = Path(folder) / TABLES.format(kind)
    data = path.read_bytes()
    if sha256(data) != SHA256[kind]:
        fail(f"{path}: sha256 is {sha256(data)}, expected {SHA256[kind]}")
    text = gzip.decompress(data).decode("utf-8")
    return csv.DictReader(io.StringIO(text), delimiter="\t", quoting=csv.QUOTE_NONE)


def from_talairach(point):
    """MNI coordinate of a Talairach one, by Cramer's rule."""
    a, b, c = (row[:3] for row in LANCASTER)
    right = [value - row[3] for value, row in zip(point, LANCASTER)]

    def determinant(m):
        return (m[0][0] * (m[1][1] * m[2][2] - m[1][2] * m[2][1])
                - m[0][1] * (m[1][0] * m[2][2] - m[1][2] * m[2][0])
                + m[0][2] * (m[1][0] * m[2][1] - m[1][1] * m[2][0]))

    whole = determinant((a, b, c))
    result = []
    for axis in range(3):
        replaced = [list(row) for row in (a, b, c)]
        for n in range(3):
            replaced[n][axis] = right[n]
        result.append(determinant(replaced) / whole)
    return tuple(result)


def foci(folder):
    """MNI coordinates of all foci of the tables that count."""
    spaces = {row["id"]: row["space"] for row in rows(folder, "metadata")}
    tables = {}
    for row in rows(folder, "coordinates"):
        try:
            point = tuple(float(row[axis]) for axis in "xyz")
        except ValueError:
            continue
        if all(math.isfinite(value) for value in point):
            tables.setdefault((row["id"], row["table_id"]), []).append(point)
    result = []
    counts = Counter()
    studies = set()
    for (study, _), points in tables.items():
        if not LEAST <= len(points) <= MOST:
            continue
        space = spaces.get(study)
        if space not in ("MNI", "TAL"):
            continue
        result += points if space == "MNI" else map(from_talairach, points)
        counts[space] += 1
        studies.add(study)
    print(f"{len(result)} foci of {sum(counts.values())} tables ({counts['MNI']} in MNI, {counts['TAL']} in Talairach space) "
          f"of {len(studies)} studies")
    return result


def counted(points):
    """Foci by voxel of 2 mm. A focus outside of the box is outside of the brain by more than the map reaches."""
    nx, ny, nz = FINE
    counts = array("d", bytes(8 * nx * ny * nz))
    left_out = 0
    for x, y, z in points:
        i = math.floor((ORIGIN[0] - x) / 2 + 0.5)
        j = math.floor((y - ORIGIN[1]) / 2 + 0.5)
        k = math.floor((z - ORIGIN[2]) / 2 + 0.5)
        if 0 <= i < nx and 0 <= j < ny and 0 <= k < nz:
            counts[i + nx * (j + ny * k)] += 1
        else:
            left_out += 1
    print(f"{left_out} foci outside of the box")
    return counts


def halved(values, shape, axis, combine):
    """Along one axis, `combine` of (positions, function from position to value) at every second voxel."""
    strides = (1, shape[0], shape[0] * shape[1])
    others = [n for n in range(3) if n != axis]
    to = list(shape)
    to[axis] = (shape[axis] + 1) // 2
    to_strides = (1, to[0], to[0] * to[1])
    result = array("d", bytes(8 * to[0] * to[1] * to[2]))
    for b in range(shape[others[1]]):
        for a in range(shape[others[0]]):
            start = a * strides[others[0]] + b * strides[others[1]]
            stop = start + strides[axis] * shape[axis]
            line = values[start:stop:strides[axis]]
            if any(line):
                begin = a * to_strides[others[0]] + b * to_strides[others[1]]
                end = begin + to_strides[axis] * to[axis]
                result[begin:end:to_strides[axis]] = array("d", combine(line))
    return result, tuple(to)


def smoothed(line):
    """A line after the Gaussian, at every second voxel."""
    reach = len(WEIGHTS) - 1
    count = len(line)
    return [
        sum(WEIGHTS[abs(n - m)] * line[m] for m in range(max(0, n - reach), min(count, n + reach + 1)) if line[m])
        for n in range(0, count, 2)
    ]


def widened(line):
    """Whether a voxel within the margin is inside, at every second voxel."""
    return [max(line[max(0, n - MARGIN) : n + MARGIN + 1]) for n in range(0, len(line), 2)]


DEVIATION = FWHM / math.sqrt(8 * math.log(2)) / 2  # in voxels of 2 mm
WEIGHTS = [math.exp(-0.5 * (n / DEVIATION) ** 2) for n in range(math.ceil(4 * DEVIATION) + 1)]


def through(values, combine):
    shape = FINE
    for axis in range(3):
        values, shape = halved(values, shape, axis, combine)
    if shape != SHAPE:
        fail(f"the map has the shape {shape}")
    return values


def brain():
    """1 at every voxel of 2 mm in the brain."""
    image = gzip.decompress((RESOURCES / BRAIN).read_bytes())
    return array("d", [1.0 if value else 0.0 for value in image[352:]])


def nifti(values):
    """A NIfTI-1 file of uint16 on the 4 mm grid, the largest value 65535, gzipped without time or name."""
    largest = max(values)
    voxels = array("H", [round(65535 * value / largest) for value in values])
    if sys.byteorder == "big":
        voxels.byteswap()
    description = "density of published foci, Neurosynth 7 (ODbL), FWHM 10 mm"
    header = bytearray(352)
    struct.pack_into("<i", header, 0, 348)
    struct.pack_into("<8h", header, 40, 3, *SHAPE, 1, 1, 1, 1)
    struct.pack_into("<2h", header, 70, 512, 16)  # uint16
    # qfac -1 with the quaternion (0, 1, 0) below: x mirrored, y and z kept.
    struct.pack_into("<8f", header, 76, -1, 4, 4, 4, 0, 0, 0, 0)
    struct.pack_into("<3f", header, 108, 352, 1, 0)
    header[123] = 10  # millimetres, seconds
    header[148 : 148 + len(description)] = description.encode("ascii")
    struct.pack_into("<2h", header, 252, 4, 4)  # qform and sform: MNI152
    struct.pack_into("<6f", header, 256, 0, 1, 0, *ORIGIN)
    struct.pack_into("<12f", header, 280, -4, 0, 0, ORIGIN[0], 0, 4, 0, ORIGIN[1], 0, 0, 4, ORIGIN[2])
    header[344:348] = b"n+1\0"
    buffer = io.BytesIO()
    with gzip.GzipFile(filename="", mode="wb", compresslevel=9, fileobj=buffer, mtime=0) as file:
        file.write(bytes(header) + voxels.tobytes())
    return buffer.getvalue()


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    shelf = os.environ.get("CUNEUS_SHELF") or str(ROOT.parent / "shared")
    parser.add_argument("--data", default=f"{shelf}/data/neurosynth", help="folder of the two Neurosynth tables")
    parser.add_argument("--check", action="store_true", help="compare with the committed file, write nothing")
    arguments = parser.parse_args()

    density = through(counted(foci(arguments.data)), smoothed)
    near = through(brain(), widened)
    values = [value if inside else 0.0 for value, inside in zip(density, near)]
    content = nifti(values)
    path = RESOURCES / NAME
    if arguments.check:
        # Another zlib may pack the same image otherwise.
        if not path.exists() or gzip.decompress(path.read_bytes()) != gzip.decompress(content):
            fail(f"{path} is not what this script makes")
        print(f"{NAME}: as committed")
        return
    temporary = path.with_suffix(".tmp")
    temporary.write_bytes(content)
    os.replace(temporary, path)
    print(f"{NAME}: {len(content)} bytes, {sum(value > 0 for value in values)} voxels above 0, sha256 {sha256(content)}, "
          f"unpacked {sha256(gzip.decompress(content))}")


if __name__ == "__main__":
    main()
