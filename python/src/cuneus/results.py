"""What a run left in its folder: maps, tables, report and record."""

from __future__ import annotations

import difflib
import html
import json
import os
import shutil
import tempfile
import webbrowser
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Generic, TypeVar

import nibabel as nib
import numpy as np
import numpy.typing as npt
import pandas as pd

from .errors import Problem

if TYPE_CHECKING:
    from .estimators import Estimator

__all__ = ["Maps", "PoolResult", "Report", "Result", "Tables", "read"]

_Value = TypeVar("_Value")
_ENDINGS = {"map": (".nii.gz", ".nii"), "table": (".tsv",)}
#: As the program writes them. Words such as "NULL" or "None" are words.
_MISSING = ["n/a", "NA", "NaN", ""]


class _Files(Mapping[str, _Value], Generic[_Value]):
    """Files by name, each read when it is first asked for."""

    _kind = "file"

    def __init__(self, files: Mapping[str, Path]) -> None:
        self._files = dict(sorted(files.items()))
        self._read: dict[str, _Value] = {}

    def _load(self, path: Path) -> _Value:
        raise NotImplementedError

    def __getitem__(self, name: str) -> _Value:
        if name not in self._read:
            self._read[name] = self._load(self.path(name))
        return self._read[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._files)

    def __len__(self) -> int:
        return len(self._files)

    def __repr__(self) -> str:
        return f"<{len(self)} {self._kind}s: {', '.join(self)}>"

    def path(self, name: str) -> Path:
        """The file of a name.

        Parameters
        ----------
        name : str
            One of the keys.

        Returns
        -------
        pathlib.Path
            It exists.
        """
        try:
            return self._files[name]
        except KeyError:
            near = difflib.get_close_matches(name, self._files, n=3, cutoff=0.4)
            hint = f"Did you mean {' or '.join(near)}?" if near else f"There are: {', '.join(self._files) or 'none'}."
            raise KeyError(f"There is no {self._kind} '{name}'. {hint}") from None


class Maps(_Files[nib.Nifti1Image]):
    """Maps of a run by name, as nibabel images that are read when they are asked for."""

    _kind = "map"

    def _load(self, path: Path) -> nib.Nifti1Image:
        image = nib.load(path)
        assert isinstance(image, nib.Nifti1Image)
        return image

    def about(self, name: str) -> dict[str, Any]:
        """What a map holds, from the JSON beside it.

        Parameters
        ----------
        name : str
            One of the keys.

        Returns
        -------
        dict
            Description, unit and conventions; empty where there is no such file.
        """
        path = self.path(name)
        beside = path.with_name(path.name.removesuffix(".gz").removesuffix(".nii") + ".json")
        return dict(json.loads(beside.read_text(encoding="utf-8"))) if beside.exists() else {}


class Tables(_Files[pd.DataFrame]):
    """Tables of a run by name, as DataFrames that are read when they are asked for."""

    _kind = "table"

    def _load(self, path: Path) -> pd.DataFrame:
        return pd.read_csv(path, sep="\t", na_values=_MISSING, keep_default_na=False)


class Report(os.PathLike[str]):
    """The report of a run: one HTML page that needs nothing else.

    Parameters
    ----------
    path : pathlib.Path
        The page.
    """

    def __init__(self, path: Path) -> None:
        self.path = path

    def __fspath__(self) -> str:
        return str(self.path)

    def __repr__(self) -> str:
        return f"Report({str(self.path)!r})"

    @property
    def text(self) -> str:
        """The page's HTML."""
        return self.path.read_text(encoding="utf-8")

    def open_in_browser(self) -> None:
        """Show the page in a browser."""
        webbrowser.open(self.path.resolve().as_uri())

    def save_as_html(self, path: str | os.PathLike[str]) -> None:
        """Copy the page.

        Parameters
        ----------
        path : path
            Where to.
        """
        shutil.copyfile(self.path, path)

    def _repr_html_(self) -> str:
        return f'<iframe srcdoc="{html.escape(self.text, quote=True)}" width="100%" height="600"></iframe>'


class Result:
    """A finished run.

    Parameters
    ----------
    folder : path
        Folder of a run: it holds ``run.json``.
    estimator : Estimator, optional
        What made it.

    Attributes
    ----------
    folder : pathlib.Path
        Where it is.
    record : dict
        ``run.json``: settings, seed, versions, hashes of input and output.
    maps : Maps
        By name, for example ``result.maps["z"]``. Where all maps are in one folder its name is left out; of several
        models or methods it stands in front: ``result.maps["rest/g"]``.
    tables : Tables
        By name, for example ``result.tables["clusters"]``, named as maps are.
    report : Report
        The page.
    estimator : Estimator or None
        What made it.

    Raises
    ------
    FileNotFoundError
        The folder holds no finished run.
    """

    def __init__(self, folder: str | os.PathLike[str], estimator: Estimator | None = None) -> None:
        self.folder = Path(folder)
        self.estimator = estimator
        # Holds a folder that goes when the result goes.
        self._holder: tempfile.TemporaryDirectory[str] | None = None
        try:
            self.record: dict[str, Any] = json.loads((self.folder / "run.json").read_text(encoding="utf-8"))
        except FileNotFoundError:
            state = "a run that was not finished" if (self.folder / "run.partial.json").exists() else "no run"
            raise FileNotFoundError(f"{self.folder} holds {state}: there is no run.json.") from None
        own = set(_recorded(self.record["result"]))
        files = [self.folder / path for path in sorted(own)] if own else sorted(self.folder.rglob("*"))
        maps = [path for path in files if path.name.endswith(_ENDINGS["map"]) and path.is_file()]
        tables = [path for path in files if path.name.endswith(_ENDINGS["table"]) and path.is_file()]
        common = _common(maps or tables, self.folder)
        self.maps = Maps({_name(path, self.folder, common, "map"): path for path in maps})
        self.tables = Tables({_name(path, self.folder, common, "table"): path for path in tables})
        self.report = Report(self.folder / "report.html")

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.folder}: {len(self.maps)} maps, {len(self.tables)} tables>"

    def _repr_html_(self) -> str:
        return self.report._repr_html_() if self.report.path.exists() else f"<pre>{html.escape(repr(self))}</pre>"

    @property
    def version(self) -> str:
        """Version of the program that made it."""
        return str(self.record["version"])

    @property
    def settings(self) -> dict[str, dict[str, str]]:
        """Every setting by its key, for each model."""
        result = self.record["result"]
        parts = (result.get("models") or []) + (result.get("comparisons") or []) + (result.get("outcomes") or [])
        found: dict[str, dict[str, str]] = {}
        for part in parts:
            found.setdefault(part["name"], dict(part["settings"]))
        return found

    @property
    def problems(self) -> list[Problem]:
        """What reading and checking the input said."""
        result = self.record["result"]
        told = list(result.get("notices") or [])
        for model in result.get("models") or []:
            told += [notice for notice in model.get("notices") or [] if notice not in told]
        return [problem_of(notice) for notice in told]

    @property
    def notices(self) -> pd.DataFrame:
        """The same as a table: severity, code, file, line, message, remedy."""
        return table_of(self.problems)

    @property
    def description_(self) -> str:
        """A paragraph on the methods, for a paper."""
        words = self.record["result"].get("words") or {}
        text = words.get("methods") or ""
        return text if isinstance(text, str) else "\n\n".join(str(part) for part in text)

    @property
    def references(self) -> list[str]:
        """References of what was used."""
        words = self.record["result"].get("words") or {}
        return [entry["citation"] for entry in words.get("references") or []]

    def get_map(self, name: str, return_type: str = "image") -> nib.Nifti1Image | npt.NDArray[np.float64]:
        """A map, as NiMARE's ``MetaResult.get_map``.

        Parameters
        ----------
        name : str
            One of `maps`.
        return_type : {"image", "array"}
            An image, or its values in the mask in the order of ``mask_img``'s voxels (C order).

        Returns
        -------
        nibabel.Nifti1Image or numpy.ndarray
            The map.
        """
        if return_type == "image":
            return self.maps[name]
        if return_type == "array":
            inside = np.asarray(self.mask_img.dataobj) > 0
            return np.asarray(self.maps[name].get_fdata())[inside]
        raise ValueError(f"return_type is '{return_type}'; 'image' or 'array' can be had.")

    @property
    def mask_img(self) -> nib.Nifti1Image:
        """Where the analysis looked: voxels in which a map has a value other than that outside (0; of p, 1), or NaN."""
        if not self.maps:
            raise ValueError("This run made no maps.")
        inside: npt.NDArray[np.bool_] | None = None
        first: nib.Nifti1Image | None = None
        for name, image in self.maps.items():
            if name.split("/")[-1].startswith("label"):
                continue
            data = np.asarray(image.dataobj)
            outside = 1 if name.split("/")[-1].startswith("p") and not name.split("/")[-1].startswith("prob") else 0
            here = np.isnan(data) | (data != outside)
            inside = here if inside is None else inside | here
            first = first or image
        assert first is not None and inside is not None
        return nib.Nifti1Image(inside.astype(np.uint8), first.affine)

    def save(self, folder: str | os.PathLike[str]) -> Result:
        """Copy the run's folder.

        Parameters
        ----------
        folder : path
            Where to; it must not exist.

        Returns
        -------
        Result
            The copy.
        """
        shutil.copytree(self.folder, folder)
        return type(self)(folder, self.estimator)

    def save_maps(
        self, output_dir: str | os.PathLike[str] = ".", prefix: str = "", names: list[str] | None = None
    ) -> list[Path]:
        """Copy maps, as NiMARE's ``MetaResult.save_maps``.

        Parameters
        ----------
        output_dir : path
            Made where it is not there.
        prefix : str
            In front of every file's name, with ``_`` behind it.
        names : list of str, optional
            Which; all where not given.

        Returns
        -------
        list of pathlib.Path
            The copies.
        """
        return _copy(self.maps, output_dir, prefix, names)

    def save_tables(
        self, output_dir: str | os.PathLike[str] = ".", prefix: str = "", names: list[str] | None = None
    ) -> list[Path]:
        """Copy tables, as NiMARE's ``MetaResult.save_tables``.

        Parameters
        ----------
        output_dir : path
            Made where it is not there.
        prefix : str
            In front of every file's name, with ``_`` behind it.
        names : list of str, optional
            Which; all where not given.

        Returns
        -------
        list of pathlib.Path
            The copies.
        """
        return _copy(self.tables, output_dir, prefix, names)

    def to_nimare(self) -> Any:
        """The result as NiMARE's ``MetaResult``, for its workflows, reports and decoders.

        Returns
        -------
        nimare.results.MetaResult
            Maps as arrays in the mask; tables as they are. NiMARE must be installed.

        Raises
        ------
        ModuleNotFoundError
            NiMARE is not installed.
        """
        from nimare.results import MetaResult

        # NiMARE makes images in the mask's data type: values must not be rounded to whole numbers when they are saved.
        inside = np.asarray(self.mask_img.dataobj) > 0
        mask = nib.Nifti1Image(inside.astype(np.float32), self.mask_img.affine)
        arrays = {name: np.asarray(image.get_fdata())[inside] for name, image in self.maps.items()}
        # What stands behind an estimator in NiMARE is copied deeply; a plain stand-in of our estimator is enough.
        return MetaResult(
            self.estimator, mask=mask, maps=arrays, tables=dict(self.tables.items()), description=self.description_
        )


class PoolResult(Result):
    """Region-level results, pooled.

    Parameters
    ----------
    folder : path
        Folder of the run.
    estimator : None
        Not used.

    Attributes
    ----------
    text : str
        The answer as the program prints it, with a forest plot.
    """

    text: str = ""

    @property
    def outcomes(self) -> pd.DataFrame:
        """An outcome a row: measure, effects, studies, estimate, standardError, low, high, tau2, in full precision.

        On the scale that is pooled: logarithms of ratios, Fisher's z of correlations.
        """
        keys = ["measure", "model", "effects", "studies", "estimate", "standardError", "low", "high", "tau2"]
        rows = self.record["result"].get("outcomes") or []
        frame = pd.DataFrame([[row.get(key) for key in keys] for row in rows], columns=keys)
        frame.index = pd.Index([row["name"] for row in rows], name="outcome")
        return frame

    def __str__(self) -> str:
        return self.text or repr(self)


def read(folder: str | os.PathLike[str]) -> Result:
    """Open a finished run.

    Parameters
    ----------
    folder : path
        What ``cuneus run``, ``pool`` or ``study`` wrote.

    Returns
    -------
    Result
        Maps and tables are read when they are asked for. A `PoolResult` where only region-level results were pooled.

    Examples
    --------
    >>> result = cuneus.read("cuneus-out/psychotherapy")  # doctest: +SKIP
    >>> result.maps["all/z"]  # doctest: +SKIP
    """
    result = Result(folder)
    if result.record["result"].get("outcomes") and not result.maps:
        return PoolResult(folder)
    return result


def _recorded(result: Mapping[str, Any]) -> Iterator[str]:
    """Every file that a record lists, wherever in it: relative to the run's folder."""
    for key, value in result.items():
        if key == "inputs":
            continue
        if key == "files":
            yield from (entry["path"] for entry in value)
        elif isinstance(value, Mapping):
            yield from _recorded(value)
        elif isinstance(value, list):
            for part in value:
                if isinstance(part, Mapping):
                    yield from _recorded(part)


def _common(paths: list[Path], folder: Path) -> Path:
    """The deepest folder that holds all of the paths."""
    parents = {path.parent for path in paths}
    return Path(os.path.commonpath(parents)) if parents else folder


def _name(path: Path, folder: Path, common: Path, kind: str) -> str:
    base = common if path.is_relative_to(common) else folder
    text = path.relative_to(base).as_posix()
    for ending in _ENDINGS[kind]:
        if text.endswith(ending):
            return text.removesuffix(ending)
    return text


def _copy(files: _Files[Any], output_dir: str | os.PathLike[str], prefix: str, names: list[str] | None) -> list[Path]:
    folder = Path(output_dir)
    folder.mkdir(parents=True, exist_ok=True)
    copies = []
    for name in names if names is not None else list(files):
        source = files.path(name)
        ending = source.name[len(name.split("/")[-1]) :]
        target = folder / f"{prefix}{'_' if prefix else ''}{name.replace('/', '_')}{ending}"
        shutil.copyfile(source, target)
        copies.append(target)
    return copies


def problem_of(notice: Mapping[str, Any]) -> Problem:
    """A notice of the program's JSON.

    Parameters
    ----------
    notice : mapping
        With severity, code, message, and perhaps location and remedy.

    Returns
    -------
    Problem
        The same.
    """
    place = notice.get("location") or {}
    return Problem(
        notice["message"],
        place.get("file"),
        place.get("line"),
        place.get("column"),
        severity=notice["severity"],
        code=notice["code"],
        remedy=notice.get("remedy"),
    )


def table_of(problems: list[Problem], more: tuple[str, ...] = ()) -> pd.DataFrame:
    """Problems as a table.

    Parameters
    ----------
    problems : list of Problem
        A row each.
    more : tuple of str
        Further attributes that become columns.

    Returns
    -------
    pandas.DataFrame
        Severity, code, file, line, message, remedy.
    """
    keys = ("severity", "code", "file", "line", "message", "remedy", *more)
    rows = [[getattr(problem, key) for key in keys] for problem in problems]
    return pd.DataFrame(rows, columns=list(keys)).astype({"line": "Int64"})


def warned(problems: list[Problem]) -> str | None:
    """One sentence on the warnings, to be given once.

    Parameters
    ----------
    problems : list of Problem
        All that was said.

    Returns
    -------
    str or None
        None where there were none.
    """
    warnings = [problem for problem in problems if problem.severity == "warning"]
    if not warnings:
        return None
    more = f" And {len(warnings) - 1} more: see result.notices." if len(warnings) > 1 else ""
    return f"{warnings[0]}{more}"
