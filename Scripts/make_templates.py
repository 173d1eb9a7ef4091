#!/usr/bin/env python3
"""Make the brain templates in Sources/Imaging/Resources from the ICBM152 2009a images in the nilearn wheel.

    Scripts/make_templates.py                 fetch the pinned wheel with pip, write the templates
    Scripts/make_templates.py --wheel FILE    use a wheel already here (its checksum is still verified)
    Scripts/make_templates.py --check         write nothing; exit 1 unless the committed files are what this makes

Python 3 standard library only. What is made, and why, is told in Sources/Imaging/Resources/PROVENANCE.md.
"""

import argparse
import gzip
import hashlib
import io
import os
import struct
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

REQUIREMENT = "nilearn==0.14.1"
WHEEL = "nilearn-0.14.1-py3-none-any.whl"
WHEEL_SHA256 = "725206484e9fb3f6691f9c2d20204a068759d5072f12055324702ee0cb2bbe8a"
MEMBER = "nilearn/datasets/data/mni_icbm152_{}_tal_nlin_sym_09a_converted.nii.gz"

SOURCE_SHAPE = (197, 233, 189)  # 1 mm, voxel (0, 0, 0) at (-98, -134, -72)
SOURCE_ORIGIN = (-98, -134, -72)
SHAPE = (91, 109, 91)  # 2 mm, voxel (0, 0, 0) at (90, -126, -72), x stored right to left
ORIGIN = (90, -126, -72)

RESOURCES = Path(__file__).resolve().parent.parent / "Sources" / "Imaging" / "Resources"
PREFIX = "tpl-MNI152NLin2009aSym_res-02_"


def fail(message):
    sys.exit(f"make_templates.py: {message}")


def sha256(data):
    return hashlib.sha256(data).hexdigest()


def wheel_bytes(path):
    """The pinned wheel, verified; `path` or, when None, downloaded by pip."""
    if path is not None:
        data = Path(path).read_bytes()
    else:
        with tempfile.TemporaryDirectory() as folder:
            command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--only-binary=:all:"]
            subprocess.run(command + ["--dest", folder, REQUIREMENT], check=True)
            data = (Path(folder) / WHEEL).read_bytes()
    if sha256(data) != WHEEL_SHA256:
        fail(f"the wheel's sha256 is {sha256(data)}, expected {WHEEL_SHA256}")
    return data


def source_voxels(wheel, kind):
    """Voxels (uint8, x fastest) of one 1 mm image, after making sure that it is the image we think it is."""
    image = gzip.decompress(wheel.read(MEMBER.format(kind)))
    dim = struct.unpack("<8h", image[40:56])
    datatype, bits = struct.unpack("<2h", image[70:74])
    offset, slope, intercept = struct.unpack("<3f", image[108:120])
    (sform,) = struct.unpack("<h", image[254:256])
    rows = struct.unpack("<12f", image[280:328])
    ox, oy, oz = SOURCE_ORIGIN
    expected = (1, 0, 0, ox, 0, 1, 0, oy, 0, 0, 1, oz)
    if dim[:4] != (3, *SOURCE_SHAPE) or (datatype, bits) != (2, 8) or sform <= 0 or rows != expected:
        fail(f"{kind}: not the 1 mm uint8 image expected (dim {dim}, datatype {datatype}, sform {rows})")
    if (slope, intercept) != (1, 0):
        fail(f"{kind}: scaled by {slope}, {intercept}; expected 1, 0")
    voxels = image[int(offset):]
    if len(voxels) != SOURCE_SHAPE[0] * SOURCE_SHAPE[1] * SOURCE_SHAPE[2]:
        fail(f"{kind}: {len(voxels)} voxels")
    return voxels


def sample(voxels):
    """Every second voxel: the 1 mm value at the centre of each 2 mm voxel. Source index (188-2i, 8+2j, 2k)."""
    nx, ny, _ = SOURCE_SHAPE
    first = ORIGIN[0] - SOURCE_ORIGIN[0]
    result = bytearray()
    for k in range(SHAPE[2]):
        z = ORIGIN[2] - SOURCE_ORIGIN[2] + 2 * k
        for j in range(SHAPE[1]):
            y = ORIGIN[1] - SOURCE_ORIGIN[1] + 2 * j
            row = (y + ny * z) * nx
            result += voxels[row : row + nx][first : first - 2 * SHAPE[0] : -2]
    if len(result) != SHAPE[0] * SHAPE[1] * SHAPE[2]:
        fail(f"sampled {len(result)} voxels")
    return bytes(result)


def components(inside):
    """Face-connected components of the voxels where `inside` is true, as lists of indices, in index order."""
    nx, ny, nz = SHAPE
    left = bytearray(inside)
    for start in range(len(left)):
        if not left[start]:
            continue
        left[start] = 0
        component = [start]
        for index in component:  # grows while it is read
            x, y, z = index % nx, index // nx % ny, index // (nx * ny)
            for step, exists in (
                (-1, x > 0), (1, x < nx - 1), (-nx, y > 0), (nx, y < ny - 1),
                (-nx * ny, z > 0), (nx * ny, z < nz - 1),
            ):
                if exists and left[index + step]:
                    left[index + step] = 0
                    component.append(index + step)
        yield component


def brain_mask(t1):
    """Largest component of T1 > 0, holes filled (outside = the component of the background that holds voxel 0)."""
    brain = max(components(v > 0 for v in t1), key=len)
    mask = bytearray(len(t1))
    for index in brain:
        mask[index] = 1
    if mask[0]:
        fail("the brain reaches the corner of the box")
    outside = next(components(not v for v in mask))
    filled = bytearray(b"\1" * len(mask))
    for index in outside:
        filled[index] = 0
    print(f"brain: T1 > 0 in {sum(v > 0 for v in t1)} voxels, largest component {len(brain)}, "
          f"with holes filled {sum(filled)} = {sum(filled) * 8 / 1e6:.3f} L")
    return bytes(filled)


def nifti(voxels, slope, description):
    """A NIfTI-1 file of uint8 on the 2 mm grid, gzipped without time or name."""
    header = bytearray(352)
    struct.pack_into("<i", header, 0, 348)
    struct.pack_into("<8h", header, 40, 3, *SHAPE, 1, 1, 1, 1)
    struct.pack_into("<2h", header, 70, 2, 8)  # uint8
    # qfac -1 with the quaternion (0, 1, 0) below: x mirrored, y and z kept.
    struct.pack_into("<8f", header, 76, -1, 2, 2, 2, 0, 0, 0, 0)
    struct.pack_into("<3f", header, 108, 352, slope, 0)
    header[123] = 10  # millimetres, seconds
    header[148 : 148 + len(description)] = description.encode("ascii")
    struct.pack_into("<2h", header, 252, 4, 4)  # qform and sform: MNI152
    struct.pack_into("<6f", header, 256, 0, 1, 0, *ORIGIN)
    struct.pack_into("<12f", header, 280, -2, 0, 0, ORIGIN[0], 0, 2, 0, ORIGIN[1], 0, 0, 2, ORIGIN[2])
    header[344:348] = b"n+1\0"
    buffer = io.BytesIO()
    with gzip.GzipFile(filename="", mode="wb", compresslevel=9, fileobj=buffer, mtime=0) as file:
        file.write(bytes(header) + voxels)
    return buffer.getvalue()


def make(wheel):
    """The four files: name to content."""
    sources = {kind: source_voxels(wheel, kind) for kind in ("t1", "gm", "wm")}
    for kind, voxels in sources.items():
        nx = SOURCE_SHAPE[0]
        symmetric = all(voxels[r : r + nx] == voxels[r : r + nx][::-1] for r in range(0, len(voxels), nx))
        print(f"{kind}: 1 mm source sha256 {sha256(wheel.read(MEMBER.format(kind)))}, "
              f"{'exactly' if symmetric else 'not'} left-right symmetric")
    t1, gm, wm = (sample(sources[kind]) for kind in ("t1", "gm", "wm"))
    return {
        PREFIX + "T1w.nii.gz": nifti(t1, 1, "ICBM152 2009a sym T1, 2 mm, stored 0..255"),
        PREFIX + "label-GM_probseg.nii.gz": nifti(gm, 1 / 255, "ICBM152 2009a sym grey matter probability, 2 mm"),
        PREFIX + "label-WM_probseg.nii.gz": nifti(wm, 1 / 255, "ICBM152 2009a sym white matter probability, 2 mm"),
        PREFIX + "desc-brain_mask.nii.gz": nifti(brain_mask(t1), 1, "ICBM152 2009a sym brain (T1 > 0), 2 mm"),
    }


def differs(path, content):
    """Why the file at `path` is not `content`; None when it is. Another zlib may pack the same voxels otherwise."""
    if not path.exists():
        return "absent"
    committed = path.read_bytes()
    if committed == content:
        return None
    if gzip.decompress(committed) == gzip.decompress(content):
        print(f"{path.name}: same image, packed otherwise (another zlib here?)")
        return None
    return f"sha256 {sha256(committed)}, made here {sha256(content)}"


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--wheel", help=f"the file {WHEEL}, if already here")
    parser.add_argument("--check", action="store_true", help="compare with the committed files, write nothing")
    arguments = parser.parse_args()

    with zipfile.ZipFile(io.BytesIO(wheel_bytes(arguments.wheel))) as wheel:
        files = make(wheel)
    bad = False
    for name, content in files.items():
        path = RESOURCES / name
        if arguments.check:
            reason = differs(path, content)
            bad = bad or reason is not None
            print(f"{name}: {reason or 'as committed'}")
        else:
            temporary = path.with_suffix(".tmp")
            temporary.write_bytes(content)
            os.replace(temporary, path)
            print(f"{name}: {len(content)} bytes, sha256 {sha256(content)}, "
                  f"unpacked {sha256(gzip.decompress(content))}")
    if bad:
        fail("the committed templates are not what this script makes")


if __name__ == "__main__":
    main()
