#!/usr/bin/env python3
"""Make Sources/Reporting/Resources/niivue.umd.js.gz: NiiVue, as the nilearn wheel holds it, for the viewer in report.html.

    Scripts/viewer.py                     fetch the pinned wheels with pip, write the resources
    Scripts/viewer.py --wheels FOLDER     use wheels already here (their checksums are still verified)
    Scripts/viewer.py --check             write nothing; exit 1 unless the committed files are what this makes

Python 3 standard library only. What is made, and why, is told in Sources/Reporting/Resources/PROVENANCE.md.
"""

import argparse
import gzip
import hashlib
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

# NiiVue ready for a page; and its licence, which the first wheel does not hold.
NILEARN = ("nilearn==0.14.1", "nilearn-0.14.1-py3-none-any.whl",
           "725206484e9fb3f6691f9c2d20204a068759d5072f12055324702ee0cb2bbe8a")
IPYNIIVUE = ("ipyniivue==2.4.4", "ipyniivue-2.4.4-py3-none-any.whl",
             "5e42b192a607b398c900a1e66d18aab1b41da4653a7e1641c18959bf1873cadc")
SCRIPT = "nilearn/_assets/js/niivue.umd.js"
SCRIPT_SHA256 = "c40dc2679c337c906deef22e157ee02c17459db9b8ecc51aa773af27791a567c"
LICENCE = "ipyniivue-2.4.4.dist-info/licenses/LICENSE"

RESOURCES = Path(__file__).resolve().parent.parent / "Sources" / "Reporting" / "Resources"


def fail(message):
    sys.exit(f"viewer.py: {message}")


def sha256(data):
    return hashlib.sha256(data).hexdigest()


def wheel(requirement, name, checksum, folder):
    """A pinned wheel, verified: from `folder`, else downloaded by pip."""
    with tempfile.TemporaryDirectory() as place:
        if folder is None:
            command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--only-binary=:all:"]
            subprocess.run(command + ["--dest", place, requirement], check=True)
        path = Path(folder or place) / name
        data = path.read_bytes()
        if sha256(data) != checksum:
            fail(f"the sha256 of {name} is {sha256(data)}, expected {checksum}")
        return data


def member(data, name):
    with tempfile.TemporaryFile() as file:
        file.write(data)
        with zipfile.ZipFile(file) as archive:
            return archive.read(name)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--wheels", metavar="FOLDER", help="take the wheels from here")
    parser.add_argument("--check", action="store_true", help="compare, write nothing")
    options = parser.parse_args()

    script = member(wheel(*NILEARN, options.wheels), SCRIPT)
    if sha256(script) != SCRIPT_SHA256:
        fail(f"the sha256 of {SCRIPT} is {sha256(script)}, expected {SCRIPT_SHA256}")
    licence = member(wheel(*IPYNIIVUE, options.wheels), LICENCE)

    # Compared unpacked: other versions of zlib choose other bytes.
    packed = RESOURCES / "niivue.umd.js.gz"
    text = RESOURCES / "LICENSE-niivue.txt"
    if options.check:
        if gzip.decompress(packed.read_bytes()) != script or text.read_bytes() != licence:
            fail("the committed resources are not what this makes")
        print("viewer.py: the resources are what this makes")
        return
    RESOURCES.mkdir(parents=True, exist_ok=True)
    packed.write_bytes(gzip.compress(script, 9, mtime=0))
    text.write_bytes(licence)
    print(f"{packed}: {packed.stat().st_size:,} bytes, {len(script):,} unpacked, sha256 unpacked {sha256(script)}")


if __name__ == "__main__":
    main()
