#!/usr/bin/env python3
"""Cuts the tables of ICU that a static program carries down to what Cuneus can use: from 34 MB to some 3.

    Scripts/trim_icu.py --library /opt/swift/usr/lib/swift_static/linux/lib_FoundationICU.a --out FOLDER

Swift's Foundation brings ICU, and ICU brings names of regions, currencies and time zones in all languages, converters of some 200
character sets and dictionaries of scripts without blanks. Cuneus speaks English, reads text by its own decoders and writes numbers by its own
formatter, so the languages but English, the converters and the dictionaries go. What Unicode says of characters stays: folding,
normalisation, collation at the root, breaks.

Writes a copy of the library with the smaller table into FOLDER, which is to be searched for libraries first (-L). Format: https://unicode-org.github.io/icu/userguide/icu_data/#icu-data-file-formats (header, then a table of contents of pairs of offsets).
Needs binutils (ar, nm, objcopy, as).
"""

from __future__ import annotations

import argparse
import re
import shutil
import struct
import subprocess
import sys
import tempfile
from pathlib import Path

# Of tables by language, these stay; of all others, everything but converters and dictionaries.
LANGUAGES = {"root", "en", "en_001", "en_GB", "en_US", "en_US_POSIX"}
SHARED = {
    "pool", "res_index", "supplementalData", "likelySubtags", "keyTypeData", "numberingSystems", "timezoneTypes", "zoneinfo64",
    "metaZones", "icustd", "icuver", "currencyNumericCodes", "dayPeriods", "genderList", "grammaticalFeatures", "langInfo", "metadata",
    "pluralRanges", "plurals", "units", "windowsZones", "tzdbNames", "ucadata", "supplementalData", "tzdbNames",
}


def stays(name: str) -> bool:
    parts = name.split("/")[1:]
    stem, _, ending = parts[-1].rpartition(".")
    if ending in ("cnv", "dict", "spp", "cfu") or parts[0] == "translit":
        return False
    if stem in ("unames", "cnvalias"):
        return False
    if ending == "res":
        return stem in LANGUAGES or stem in SHARED
    return not (ending == "brk" and re.search(r"_(cj|el|fi_sv|phrase)", stem))


def items(data: bytes) -> tuple[bytes, list[tuple[str, bytes]]]:
    """The header, and every table with its name."""
    header_size = struct.unpack_from("<H", data, 0)[0]
    if data[2:4] != b"\xda\x27" or data[12:16] != b"CmnD":
        raise SystemExit("trim_icu.py: this is no package of ICU's tables")
    base = header_size
    count = struct.unpack_from("<I", data, base)[0]
    offsets = [struct.unpack_from("<II", data, base + 4 + 8 * number) for number in range(count)]
    found = []
    for number, (name_at, table_at) in enumerate(offsets):
        name = data[base + name_at:data.index(b"\0", base + name_at)].decode("ascii")
        end = offsets[number + 1][1] if number + 1 < count else len(data) - base
        found.append((name, data[base + table_at:base + end]))
    return data[:header_size], found


def package(header: bytes, tables: list[tuple[str, bytes]]) -> bytes:
    """Names first, then tables at multiples of 16; sorted by name, since ICU searches by halves."""
    tables = sorted(tables, key=lambda table: table[0].encode("ascii"))
    at = 4 + 8 * len(tables)
    names, name_offsets = b"", []
    for name, _ in tables:
        name_offsets.append(at + len(names))
        names += name.encode("ascii") + b"\0"
    start = at + len(names)
    # Tables stand at multiples of 16 from the file's beginning, which the header's size (144) keeps.
    padding = -(len(header) + start) % 16
    body, table_offsets = b"", []
    place = start + padding
    chunks = []
    for _, table in tables:
        table_offsets.append(place)
        chunk = table + bytes(-len(table) % 16)
        chunks.append(chunk)
        place += len(chunk)
    body = b"".join(chunks)
    contents = struct.pack("<I", len(tables)) + b"".join(
        struct.pack("<II", name, table) for name, table in zip(name_offsets, table_offsets))
    return header + contents + names + bytes(padding) + body


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--library", required=True, type=Path, help="lib_FoundationICU.a of the toolchain")
    parser.add_argument("--out", required=True, type=Path, help="folder for the smaller library")
    arguments = parser.parse_args()
    out = arguments.out.resolve()
    out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        member = "icu_packaged_data.cpp.o"
        subprocess.run(["ar", "x", str(arguments.library.resolve()), member], cwd=folder, check=True)
        symbols = subprocess.run(["nm", member], cwd=folder, check=True, capture_output=True, text=True).stdout
        symbol = re.search(r" R (icudt\d+_dat)$", symbols, re.MULTILINE)
        if symbol is None:
            raise SystemExit("trim_icu.py: the library does not name its tables as expected")
        subprocess.run(
            ["objcopy", "-O", "binary", "--only-section=.rodata", member, "tables"], cwd=folder, check=True)
        data = (Path(folder) / "tables").read_bytes()
        header, tables = items(data)
        kept = [table for table in tables if stays(table[0])]
        trimmed = package(header, kept)
        (Path(folder) / "trimmed").write_bytes(trimmed)
        assembly = (
            f'.section .rodata\n.balign 16\n.globl {symbol.group(1)}\n.type {symbol.group(1)}, @object\n'
            f'{symbol.group(1)}:\n.incbin "trimmed"\n.size {symbol.group(1)}, .-{symbol.group(1)}\n'
            '.section .note.GNU-stack,"",@progbits\n')
        (Path(folder) / "data.s").write_text(assembly)
        subprocess.run(["as", "-o", member, "data.s"], cwd=folder, check=True)
        smaller = out / arguments.library.name
        shutil.copyfile(arguments.library, smaller)
        subprocess.run(["ar", "r", str(smaller), member], cwd=folder, check=True)
    print(f"ICU's tables: {len(kept)} of {len(tables)} stay, {len(trimmed) / 1e6:.1f} of {len(data) / 1e6:.1f} MB")
    return 0


if __name__ == "__main__":
    sys.exit(main())
