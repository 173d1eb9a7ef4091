#!/usr/bin/env python3
"""The plan of the house, drawn from the sources and held to its rules.

Prints every module of Package.swift with its floor, files, lines, largest file and the modules it imports, then fails
(exit status 1) on

* an import that does not point down to a lower floor, or to a module that Package.swift does not allow it;
* a module without a row in the table of rooms of Docs/architecture.md, or a row without a module;
* a source file whose name is not that of a type it holds: `Name.swift` declares `Name`, `Name+Aspect.swift` extends it;
* a test that imports with `@testable`.

Run by `make lint`; by hand: `make house`, or `Scripts/house.py FOLDER` for another checkout.
"""

import os
import re
import sys

DECLARATION = r"^(?:@\w+(?:\([^)]*\))?\s+)*(?:(?:public|package|private|fileprivate|internal|final|indirect|open)\s+)*"
TYPES = re.compile(DECLARATION + r"(?:struct|class|enum|protocol|actor|typealias)\s+(\w+)", re.M)
EXTENSIONS = re.compile(DECLARATION + r"extension\s+([\w.]+)", re.M)
IMPORTS = re.compile(
    r"^(?:@\w+[ \t]+)*(?:(?:public|package|internal|private|fileprivate)[ \t]+)?import[ \t]+"
    r"(?:(?:struct|class|enum|protocol|func|var|let|typealias)[ \t]+)?(\w+)",
    re.M)
ROOM = re.compile(r"^\|\s*(\d+)\s*\|\s*`(\w[\w-]*)`\s*\|", re.M)


class Module:
    def __init__(self, name, folder, dependencies, is_test):
        self.name = name
        self.folder = folder
        self.dependencies = dependencies
        self.is_test = is_test
        self.files = []  # (path, text)

    @property
    def lines(self):
        return sum(text.count("\n") for _, text in self.files)

    @property
    def largest(self):
        return max(((text.count("\n"), os.path.basename(path)) for path, text in self.files), default=(0, "-"))

    @property
    def imports(self):
        return sorted({name for _, text in self.files for name in IMPORTS.findall(text)})


def without_comments(text):
    text = re.sub(r"/\*.*?\*/", lambda found: "\n" * found.group().count("\n"), text, flags=re.S)
    return re.sub(r"//[^\n]*", "", text)


def closing(text, start):
    """Position after the parenthesis that closes the one at `start`."""
    depth = 0
    for place in range(start, len(text)):
        depth += {"(": 1, ")": -1}.get(text[place], 0)
        if depth == 0:
            return place + 1
    raise SystemExit("Package.swift: a parenthesis is not closed.")


def targets(manifest):
    """The targets of Package.swift, in order. C libraries of the system are no rooms."""
    text = without_comments(manifest)
    start = text.index("targets: [", text.index("dependencies:"))
    found = []
    for match in re.finditer(r"\.(target|executableTarget|testTarget)\(", text[start:]):
        begin = start + match.start()
        body = text[begin:closing(text, start + match.end() - 1)]
        name = re.search(r'name:\s*"([^"]+)"', body).group(1)
        path = re.search(r'path:\s*"([^"]+)"', body)
        kind = match.group(1)
        listed = re.search(r"dependencies:\s*\[(.*?)\](?=\s*[,)])", body, re.S)
        plain = re.sub(r"\.product\([^)]*\)", "", listed.group(1)) if listed else ""
        folder = path.group(1) if path else ("Tests/" if kind == "testTarget" else "Sources/") + name
        found.append(Module(name, folder, set(re.findall(r'"([^"]+)"', plain)), kind == "testTarget"))
    return found


def read(root):
    with open(os.path.join(root, "Package.swift"), encoding="utf-8") as file:
        modules = targets(file.read())
    for module in modules:
        for folder, _, names in os.walk(os.path.join(root, module.folder)):
            for name in sorted(names):
                if name.endswith((".swift", ".c", ".h")):
                    path = os.path.join(folder, name)
                    with open(path, encoding="utf-8") as file:
                        module.files.append((os.path.relpath(path, root), file.read()))
    with open(os.path.join(root, "Docs", "architecture.md"), encoding="utf-8") as file:
        floors = {name: int(floor) for floor, name in ROOM.findall(file.read())}
    return modules, floors


def misnamed(path, text):
    """Why a file's name is wrong; nothing where it is right."""
    stem = os.path.basename(path)[: -len(".swift")]
    plain = without_comments(text)
    if "@_exported" in plain and not TYPES.search(plain):
        return ""  # A module under one name, such as Cuneus.swift.
    name, plus, _ = stem.partition("+")
    if plus:
        extended = {part for found in EXTENSIONS.findall(plain) for part in found.split(".")}
        return "" if name in extended else f"{path}: no extension of {name}"
    return "" if name in TYPES.findall(plain) else f"{path}: declares no type {name}"


def faults(modules, floors):
    rooms = [module for module in modules if not module.is_test]
    names = {module.name for module in rooms}
    problems = [f"Docs/architecture.md: the table of rooms has no row for {n}" for n in sorted(names - set(floors))]
    problems += [f"Docs/architecture.md: there is no module {n}" for n in sorted(set(floors) - names)]
    for module in rooms:
        for path, text in module.files:
            if not path.endswith(".swift"):
                continue
            for other in sorted(set(IMPORTS.findall(text)) & names - {module.name}):
                if floors.get(other, -1) >= floors.get(module.name, 10**6):
                    problems.append(f"{path}: imports {other}, which is not on a lower floor than {module.name}")
                elif other not in module.dependencies:
                    problems.append(f"{path}: imports {other}, which Package.swift does not list for {module.name}")
            wrong = misnamed(path, text)
            if wrong:
                problems.append(wrong)
    for module in modules:
        for path, text in module.files:
            # One such import would have every module compiled a second time, for the tests alone.
            if module.is_test and re.search(r"^@testable\b", text, re.M):
                problems.append(f"{path}: imports with @testable; what a test needs is public, or package")
    return problems


def table(modules, floors):
    names = {module.name for module in modules}
    rows = [("floor", "module", "files", "lines", "largest file", "imports")]
    rooms = [module for module in modules if not module.is_test]
    for module in sorted(rooms, key=lambda m: (-floors.get(m.name, 0), m.name)):
        lines, largest = module.largest
        own = ", ".join(name for name in module.imports if name in names) or "-"
        rows.append(
            (str(floors.get(module.name, "?")), module.name, str(len(module.files)), str(module.lines),
             f"{largest} ({lines})", own))
    widths = [max(len(row[column]) for row in rows) for column in range(5)]
    for row in rows:
        print("  ".join(cell.ljust(width) for cell, width in zip(row, widths)) + "  " + row[5])
    steering = sum(text.count("@_optimize(none)") for module in rooms for _, text in module.files)
    print(f"{len(rooms)} modules, {sum(m.lines for m in rooms):,} lines, {steering} functions kept from the optimiser")


def main():
    root = sys.argv[1] if len(sys.argv) > 1 else os.path.join(os.path.dirname(os.path.abspath(__file__)), "..")
    modules, floors = read(root)
    table(modules, floors)
    problems = faults(modules, floors)
    for problem in problems:
        print(f"house: {problem}", file=sys.stderr)
    if problems:
        sys.exit(1)
    print("House: clean")


if __name__ == "__main__":
    main()
