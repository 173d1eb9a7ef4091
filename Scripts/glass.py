#!/usr/bin/env python3
"""Make Sources/Figures/Resources/glass.tsv.gz, the lines of the glass brain, from the drawings in the nilearn wheel.

    Scripts/glass.py                 fetch the pinned wheel with pip, write the file
    Scripts/glass.py --wheel FILE    use a wheel already here (its checksum is still verified)
    Scripts/glass.py --check         write nothing; exit 1 unless the committed file is what this makes

Python 3 standard library only. What the file holds is told in Sources/Figures/Resources/PROVENANCE.md.
"""

import argparse
import gzip
import io
import json
import sys
import zipfile
from pathlib import Path

from make_templates import wheel_bytes

MEMBER = "nilearn/plotting/glass_brain_files/brain_schematics_{}.json"
RESULT = Path(__file__).resolve().parent.parent / "Sources" / "Figures" / "Resources" / "glass.tsv.gz"
# View, the name of its file, and how its units become mm of MNI152: scale and origin of either axis (nilearn/plotting/glass_brain.py).
VIEWS = [
    ("sagittal", "side", (0.38, 0.38), (-108, -70)),
    ("coronal", "back", (0.39, 0.39), (-73, -73)),
    ("axial", "top", (0.36, 0.37), (-71, -107)),
]
PIECES = 8  # of a Bézier curve: none of them is longer than a few mm.


def flattened(item):
    """The points of a piece of a line."""
    points = item["pts"]
    if item["type"] == "segment":
        return points
    order, found = len(points) - 1, []
    for step in range(PIECES + 1):
        t, level = step / PIECES, points
        for _ in range(order):
            level = [[a[k] + t * (b[k] - a[k]) for k in (0, 1)] for a, b in zip(level, level[1:])]
        found.append(level[0])
    return found


def lines(drawing, scale, origin):
    """Width, grey (0 black) and points in mm of every line; pieces that meet are one line."""
    for path in drawing["paths"]:
        grey = int(path["edgecolor"][1:3], 16) / 255
        pieces = []
        for item in path["items"]:
            points = [tuple(round(scale[k] * p[k] + origin[k], 1) for k in (0, 1)) for p in flattened(item)]
            if pieces and pieces[-1][-1] == points[0]:
                pieces[-1] += points[1:]
            else:
                pieces.append(points)
        for points in pieces:
            apart = [p for n, p in enumerate(points) if n == 0 or p != points[n - 1]]
            if len(apart) > 1:
                yield round(float(path["linewidth"]), 1), round(grey, 2), apart


def content(wheel):
    rows = []
    with zipfile.ZipFile(io.BytesIO(wheel)) as archive:
        for view, name, scale, origin in VIEWS:
            drawing = json.loads(archive.read(MEMBER.format(name)))
            for width, grey, points in lines(drawing, scale, origin):
                rows.append(f"{view}\t{width}\t{grey}\t" + " ".join(f"{x:g},{y:g}" for x, y in points))
    return ("\n".join(rows) + "\n").encode()


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--wheel", type=Path)
    parser.add_argument("--check", action="store_true")
    options = parser.parse_args()
    text = content(wheel_bytes(options.wheel))
    if options.check:
        # Other versions of zlib choose other bytes: what is inside is compared.
        if not RESULT.exists() or gzip.decompress(RESULT.read_bytes()) != text:
            sys.exit("glass.py: the committed file is not what this makes")
        print("glass.py: the file is what this makes")
        return
    RESULT.write_bytes(gzip.compress(text, 9, mtime=0))
    print(f"{RESULT}: {RESULT.stat().st_size:,} bytes, {len(text):,} unpacked")


if __name__ == "__main__":
    main()
