"""Puts the program into the wheel, where one is given.

``CUNEUS_PROGRAM`` names it: the program itself with its ``*.resources`` folders beside it, a folder that holds them,
or the tarball that ``make dist`` makes. Without it the wheel is pure Python and works with a ``cuneus`` found on the
path or named by ``CUNEUS``.
"""

from __future__ import annotations

import os
import platform
import re
import shutil
import stat
import subprocess
import tarfile
from pathlib import Path

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

#: What every Linux of the manylinux platforms has (PEP 600, auditwheel's policy), as far as Swift programs need it.
ALLOWED = re.compile(
    r"^(ld-linux[-\w]*\.so|lib(c|m|dl|rt|util|pthread|gcc_s|stdc\+\+|resolv|nsl)\.so|linux-vdso\.so)(\.\d+)*$"
)
#: The oldest platform that is worth a tag of its own.
OLDEST = (2, 17)


class CarryProgram(BuildHookInterface):
    """The build hook."""

    def initialize(self, version: str, build_data: dict) -> None:
        """Add the program to the wheel and say for which platform it then is."""
        given = os.environ.get("CUNEUS_PROGRAM")
        if self.target_name != "wheel" or version == "editable" or not given:
            return
        folder = Path(self.directory) / "program"
        shutil.rmtree(folder, ignore_errors=True)
        try:
            platform_tag = tag(carry(Path(given), folder))
        except BaseException:
            shutil.rmtree(folder, ignore_errors=True)
            raise
        build_data["force_include"][str(folder)] = "cuneus/carried"
        build_data["pure_python"] = False
        build_data["tag"] = f"py3-none-{platform_tag}"

    def finalize(self, version: str, build_data: dict, artifact_path: str) -> None:
        """Remove the copy."""
        shutil.rmtree(Path(self.directory) / "program", ignore_errors=True)


def carry(given: Path, folder: Path) -> Path:
    """Copy the program and its resources into a folder.

    Parameters
    ----------
    given : pathlib.Path
        The program, a folder that holds it, or a tarball.
    folder : pathlib.Path
        Where to; made.

    Returns
    -------
    pathlib.Path
        The copy of the program.
    """
    if given.is_file() and tarfile.is_tarfile(given):
        unpacked = folder.with_name("unpacked")
        shutil.rmtree(unpacked, ignore_errors=True)
        with tarfile.open(given) as archive:
            archive.extractall(unpacked, filter="data")
        try:
            return carry(unpacked, folder)
        finally:
            shutil.rmtree(unpacked)
    if given.is_dir():
        found = [path for path in sorted(given.rglob("cuneus")) if path.is_file() and is_program(path)]
        if len(found) != 1:
            raise RuntimeError(f"{given} holds {len(found)} programs cuneus; name the one that is meant.")
        given = found[0]
    if not is_program(given):
        raise RuntimeError(f"{given} is no program.")
    # The program looks for them beside itself.
    resources = sorted(given.resolve().parent.glob("Cuneus_*.resources"))
    if not resources:
        raise RuntimeError(f"Beside {given} there are no Cuneus_*.resources: without them it has no brain.")
    folder.mkdir(parents=True)
    for resource in resources:
        shutil.copytree(resource, folder / resource.name)
    # A tarball of make dist has the licences of what is linked into the program.
    licences = given.resolve().parent.parent / "LICENSES"
    if licences.is_dir():
        shutil.copytree(licences, folder / "LICENSES")
    program = folder / "cuneus"
    shutil.copyfile(given, program)
    program.chmod(0o755)
    # The symbols of a debugger are a third of the file; `strip` is optional.
    if shutil.which("strip"):
        subprocess.run(["strip", str(program)], check=False)
    return program


def is_program(path: Path) -> bool:
    """Whether it is a program of Linux (ELF) that may be run."""
    with path.open("rb") as file:
        return file.read(4) == b"\x7fELF" and bool(path.stat().st_mode & stat.S_IXUSR)


def tag(program: Path) -> str:
    """The platform on which the program runs.

    Parameters
    ----------
    program : pathlib.Path
        An ELF file.

    Returns
    -------
    str
        For example ``manylinux_2_36_x86_64``: the version is that of the newest symbol of the C library it asks for.

    Raises
    ------
    RuntimeError
        It needs a library that a bare Linux does not have.
    """
    told = subprocess.run(
        ["readelf", "-d", "-V", "-W", str(program)], check=True, capture_output=True, text=True
    ).stdout
    needed = re.findall(r"\(NEEDED\).*\[(.+?)\]", told)
    foreign = [name for name in needed if not ALLOWED.match(name)]
    if foreign:
        raise RuntimeError(
            f"{program.name} needs {', '.join(foreign)}, which other machines do not have. Give the program that `make "
            "dist` makes, which has Swift's libraries within."
        )
    versions = [tuple(map(int, found)) for found in re.findall(r"\bGLIBC_(\d+)\.(\d+)", told)]
    newest = max([OLDEST, *versions])
    return f"manylinux_{newest[0]}_{newest[1]}_{platform.machine()}"
