"""Docstrings say what every public thing takes and gives (numpydoc)."""

from __future__ import annotations

import inspect

import pytest
from numpydoc.validate import validate

import cuneus

#: What the project's style does otherwise: no blank line after the quotes, no extended summary where one line says it;
#: and the order of parameters, which are given by name.
PASSED_OVER = {
    "GL01",
    "GL02",
    "GL03",
    "GL08",
    "ES01",
    "SA01",
    "EX01",
    "PR03",
    "PR06",
    "PR08",
    "PR09",
    "RT03",
    "SS05",
    "SS06",
}


@pytest.mark.parametrize("name", cuneus.__all__)
def test_a_public_name_is_documented(name: str) -> None:
    thing = getattr(cuneus, name)
    assert "%(" not in (inspect.getdoc(thing) or "%(")
    passed_over = set(PASSED_OVER)
    if inspect.isclass(thing) and "__init__" not in vars(thing):
        # Made by this package only, or as the class that it is a kind of.
        passed_over.add("PR01")
    told = [(code, message) for code, message in validate(f"cuneus.{name}")["errors"] if code not in passed_over]
    assert not told


@pytest.mark.parametrize("name", cuneus.__all__)
def test_public_methods_are_documented(name: str) -> None:
    thing = getattr(cuneus, name)
    if not inspect.isclass(thing):
        return
    for member, value in vars(thing).items():
        if member.startswith("_") or not (callable(value) or isinstance(value, property)):
            continue
        assert inspect.getdoc(value), f"{name}.{member}"
