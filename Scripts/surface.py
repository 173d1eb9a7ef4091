#!/usr/bin/env python3
"""Make Sources/Figures/Resources/fsaverage5.surface.gz from the fsaverage5 meshes in the nilearn wheel.

    Scripts/surface.py                 fetch the pinned wheel with pip, write the file
    Scripts/surface.py --wheel FILE    use a wheel already here (its checksum is still verified)
    Scripts/surface.py --check         write nothing; exit 1 unless the committed file is what this makes

Python 3 standard library only. What the file holds is told in Sources/Figures/Resources/PROVENANCE.md.
"""

import argparse
import array
import base64
import gzip
import io
import struct
import sys
import xml.etree.ElementTree as ElementTree
import zipfile
import zlib
from pathlib import Path

from make_templates import wheel_bytes

MEMBER = "nilearn/datasets/data/fsaverage5/{}_{}.gii.gz"
RESULT = Path(__file__).resolve().parent.parent / "Sources" / "Figures" / "Resources" / "fsaverage5.surface.gz"
STEPS_PER_MM = 32  # Vertices are kept to 1/32 mm; the maps have voxels of 2 mm.


def arrays(data):
    """The data arrays of a GIFTI file, each a flat array."""
    found = []
    for element in ElementTree.fromstring(gzip.decompress(data)).iter("DataArray"):
        if element.get("Encoding") != "GZipBase64Binary" or element.get("Endian") != "LittleEndian":
            sys.exit("surface.py: a GIFTI array that is not compressed little-endian binary")
        if element.get("ArrayIndexingOrder") != "RowMajorOrder":
            sys.exit("surface.py: a GIFTI array that is not row major")
        kind = {"NIFTI_TYPE_FLOAT32": "f", "NIFTI_TYPE_INT32": "i", "NIFTI_TYPE_INT8": "b"}[element.get("DataType")]
        values = array.array(kind)
        values.frombytes(zlib.decompress(base64.b64decode(element.find("Data").text)))
        if sys.byteorder == "big":
            values.byteswap()
        found.append(values)
    return found


def planes(values):
    """Int16 differences from the value three places before, low bytes first: what gzip packs best."""
    deltas = [v - (values[n - 3] if n >= 3 else 0) for n, v in enumerate(values)]
    words = [d & 0xFFFF for d in deltas]
    return bytes(w & 255 for w in words) + bytes(w >> 8 for w in words)


def quantised(values, scale):
    whole = [round(v * scale) for v in values]
    if max(map(abs, whole)) > 32767:
        sys.exit("surface.py: a coordinate does not fit into 16 bits")
    return whole


def content(wheel):
    """Header, then per hemisphere white, pial and inflated vertices, sulcal depth and triangles."""
    body = b"cuneus surface 1\n" + struct.pack("<I", STEPS_PER_MM)
    for side in ("left", "right"):
        meshes = [arrays(wheel.read(MEMBER.format(kind, side))) for kind in ("white", "pial", "infl")]
        depth = arrays(wheel.read(MEMBER.format("sulc", side)))[0]
        triangles = meshes[0][1]
        if any(mesh[1] != triangles for mesh in meshes):
            sys.exit("surface.py: the meshes of a hemisphere have different triangles")
        vertices = [quantised(mesh[0], STEPS_PER_MM) for mesh in meshes]
        if len(depth) * 3 != len(vertices[0]):
            sys.exit("surface.py: a depth for each vertex is needed")
        body += struct.pack("<II", len(depth), len(triangles) // 3)
        white, pial, inflated = vertices
        # The pial surface as steps from the white one: mostly small.
        body += planes(white) + planes([p - w for p, w in zip(pial, white)]) + planes(inflated)
        body += planes(quantised(depth, 1000)) + planes(triangles.tolist())
    return body


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--wheel", help="the nilearn wheel, already downloaded")
    parser.add_argument("--check", action="store_true", help="compare with the committed file, write nothing")
    options = parser.parse_args()
    wheel = zipfile.ZipFile(io.BytesIO(wheel_bytes(options.wheel)))
    body = content(wheel)
    if options.check:
        if gzip.decompress(RESULT.read_bytes()) != body:
            sys.exit(f"surface.py: {RESULT} is not what the wheel gives")
        print("the committed file is what the wheel gives")
        return
    RESULT.parent.mkdir(parents=True, exist_ok=True)
    RESULT.write_bytes(gzip.compress(body, 9, mtime=0))
    print(f"{RESULT}: {RESULT.stat().st_size} bytes, {len(body)} unpacked")


if __name__ == "__main__":
    main()
