"""Studysets, datasets and tables of Python as files that the program reads."""

from __future__ import annotations

import json
import math
import os
import re
import unicodedata
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pandas as pd

from .errors import Problem

__all__ = ["Prepared", "prepare", "prepare_pair", "write_table"]

#: Names by which people call the columns of a native project, in the order in which they are looked for.
_ALIASES: dict[str, tuple[str, ...]] = {
    "experiment": ("experiment", "id", "contrast_id", "analysis"),
    "study": ("study", "study_id", "paper"),
    "n1": ("n1", "n", "sample_size", "sample_sizes", "n_subjects"),
    "n2": ("n2", "n_controls"),
}
#: Columns of peaks.tsv; all others describe the experiment.
_PEAK_COLUMNS = ("experiment", "x", "y", "z", "space", "stat", "value", "source")
#: Statistics that may be columns of their own: `t` in place of stat and value.
_STATISTICS = {"t": "t", "t_stat": "t", "z_stat": "z", "z_score": "z", "p": "p", "r": "r", "F": "F"}
#: Of NiMARE's Dataset.
_ID_COLUMNS = ("id", "study_id", "contrast_id")


@dataclass(frozen=True)
class Prepared:
    """An input as the program takes it.

    Parameters
    ----------
    arguments : list of str
        The paths.
    options : list of str
        Options that belong to them, such as ``--annotation``.
    rows : dict
        By file name: the labels of the rows of the DataFrame, for messages.
    """

    arguments: list[str]
    options: list[str] = field(default_factory=list)
    rows: dict[str, list[Hashable]] = field(default_factory=dict)

    def located(self, problems: Sequence[Problem]) -> list[Problem]:
        """The problems, those about lines of a table that was a DataFrame with its row."""
        found = []
        for problem in problems:
            labels = self.rows.get(problem.file or "")
            if labels is not None and problem.line is not None and 2 <= problem.line < len(labels) + 2:
                problem = replace(problem, row=labels[problem.line - 2])
            found.append(problem)
        return found


def prepare(source: Any, folder: str | os.PathLike[str]) -> Prepared:
    """Make an input of whatever is given.

    Parameters
    ----------
    source : path, sequence of paths, Studyset, Dataset, dict, DataFrame, or pair of DataFrames
        A path, or several, are passed on (what may follow a colon, too: ``increases.txt:+``). Objects of NiMARE are
        known by what they have: ``to_dict()`` or ``to_nimads()`` of a Studyset, ``coordinates`` and ``metadata`` of a
        Dataset; NiMARE itself is not imported. A dict is a NIMADS studyset. One DataFrame has a row per peak, with
        columns of the experiment repeated; two are the tables ``studies`` and ``peaks`` of a native project.
    folder : path
        Where files are written; made where it is not there.

    Returns
    -------
    Prepared
        Paths and options for the program.

    Raises
    ------
    TypeError
        The source is none of these.
    ValueError
        A table lacks a column that is needed.
    """
    if isinstance(source, (str, os.PathLike)):
        return Prepared([os.fspath(source)])
    if isinstance(source, pd.DataFrame):
        return _native(*_split(source), Path(folder))
    if isinstance(source, Mapping):
        return _nimads(source, Path(folder), None)
    if isinstance(source, Sequence) and source:
        if all(isinstance(part, (str, os.PathLike)) for part in source):
            return Prepared([os.fspath(part) for part in source])
        if len(source) == 2 and all(isinstance(part, pd.DataFrame) for part in source):
            return _native(source[0], source[1], Path(folder))
    payload = _payload(source)
    if payload is not None:
        return _nimads(payload, Path(folder), getattr(source, "basepath", None))
    raise TypeError(
        f"{type(source).__name__} is no input: give a path, a NiMARE Studyset or Dataset, a NIMADS dict, a DataFrame "
        "of peaks, or a pair of DataFrames (studies, peaks)."
    )


def prepare_pair(first: Any, second: Any, folder: str | os.PathLike[str], column: str) -> Prepared:
    """Make one input of two groups of studies.

    Parameters
    ----------
    first, second : Studyset, Dataset, dict, DataFrame, or pair of DataFrames
        Both of one kind. Paths cannot be marked; put a column into the file instead.
    folder : path
        Where files are written.
    column : str
        Column that is added, ``first`` or ``second``.

    Returns
    -------
    Prepared
        Paths and options for the program.
    """
    tables = [_tables(source) for source in (first, second)]
    if all(pair is not None for pair in tables):
        parts = [pair for pair in tables if pair is not None]
        for (studies, _), word in zip(parts, ("first", "second"), strict=True):
            studies[column] = word
        studies = pd.concat([part[0] for part in parts])
        peaks = pd.concat([part[1] for part in parts])
        return _native(studies, peaks, Path(folder))
    payloads = [source if isinstance(source, Mapping) else _payload(source) for source in (first, second)]
    if any(payload is None for payload in payloads):
        raise TypeError("Two groups must be of one kind: two studysets, or two tables; a file needs a column instead.")
    studies_of: list[Any] = []
    for payload, word in zip(payloads, ("first", "second"), strict=True):
        assert payload is not None
        for study in _plain(payload)["studies"]:
            for analysis in study.get("analyses") or []:
                analysis["metadata"] = {**(analysis.get("metadata") or {}), column: word}
            studies_of.append(study)
    base = getattr(first, "basepath", None) or getattr(second, "basepath", None)
    return _nimads({"id": "two-groups", "name": "two groups", "studies": studies_of}, Path(folder), base)


def write_table(frame: pd.DataFrame, path: Path) -> None:
    """Write a table as the program reads it.

    Parameters
    ----------
    frame : pandas.DataFrame
        Its index is not written.
    path : pathlib.Path
        Tab-separated, ``NA`` where there is nothing, floating point numbers with all their digits.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    text = frame.map(_cell)
    text.to_csv(path, sep="\t", index=False, na_rep="NA")


def _cell(value: Any) -> Any:
    if value is None or value is pd.NA or (isinstance(value, float) and math.isnan(value)):
        return "NA"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return repr(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(float(value))
    if isinstance(value, str):
        return " ".join(value.split())
    return value


# --- tables


def _tables(source: Any) -> tuple[pd.DataFrame, pd.DataFrame] | None:
    if isinstance(source, pd.DataFrame):
        studies, peaks = _split(source)
        return studies.copy(), peaks
    if isinstance(source, Sequence) and len(source) == 2 and all(isinstance(part, pd.DataFrame) for part in source):
        return source[0].copy(), source[1]
    return None


def _named(frame: pd.DataFrame) -> pd.DataFrame:
    """The frame with the program's names of columns."""
    names: dict[Hashable, str] = {}
    for wanted, aliases in _ALIASES.items():
        if wanted in frame.columns:
            continue
        found = next((alias for alias in aliases if alias in frame.columns and alias not in names), None)
        if found is not None:
            names[found] = wanted
    frame = frame.rename(columns=names)
    if "experiment" not in frame.columns and "study" in frame.columns:
        frame = frame.assign(experiment=frame["study"])
    for column in ("x", "y", "z"):
        if column not in frame.columns and column.upper() in frame.columns:
            frame = frame.rename(columns={column.upper(): column})
    return frame


def _split(frame: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """One table of peaks as the tables of studies and of peaks."""
    frame = _named(frame)
    missing = [name for name in ("experiment", "x", "y", "z", "n1") if name not in frame.columns]
    if missing:
        raise ValueError(
            f"The table has no column {', '.join(missing)}. A table of peaks has a row per peak: experiment, x, y, z, "
            "n (or n1 and n2), and t, or stat and value, where they are known. For experiments without peaks give two "
            "tables, (studies, peaks)."
        )
    if "stat" not in frame.columns:
        found = next((name for name in _STATISTICS if name in frame.columns), None)
        if found is not None:
            kinds = frame[found].isna().map({True: "", False: _STATISTICS[found]})
            frame = frame.rename(columns={found: "value"}).assign(stat=kinds)
    if "space" not in frame.columns:
        frame = frame.assign(space="mni")
    peaks = frame[[name for name in _PEAK_COLUMNS if name in frame.columns]]
    described = [name for name in frame.columns if name == "experiment" or name not in _PEAK_COLUMNS]
    groups = frame[described].groupby("experiment", sort=False)
    varied = groups.nunique(dropna=True).max()
    torn = [str(name) for name, count in varied.items() if count > 1]
    if torn:
        raise ValueError(
            f"{', '.join(torn)}: more than one value within an experiment. Columns other than those of a peak "
            f"({', '.join(_PEAK_COLUMNS[1:])}) describe the experiment; leave out what differs from peak to peak."
        )
    studies = groups.first().reset_index()
    return studies, peaks


def _plain_names(labels: Iterable[Any]) -> dict[Any, str]:
    """Names of letters, digits, ``_``, ``-`` and ``.``, such as ``Muller_Roy_2019``; no two become one."""
    names: dict[Any, str] = {}
    taken: set[str] = set()
    for label in dict.fromkeys(labels):
        text = unicodedata.normalize("NFKD", str(label)).encode("ascii", "ignore").decode()
        plain = re.sub(r"[^A-Za-z0-9_.-]+", "_", text).strip("_")
        plain = re.sub(r"^[-.]+", "_", plain) or "experiment"
        unique, number = plain, 2
        while unique in taken:
            unique, number = f"{plain}_{number}", number + 1
        taken.add(unique)
        names[label] = unique
    return names


def _native(studies: pd.DataFrame, peaks: pd.DataFrame, folder: Path) -> Prepared:
    studies, peaks = _named(studies), _named(peaks)
    # Other spellings of a peak's columns are the program's business, which says file and line.
    if "space" not in peaks.columns:
        peaks = peaks.assign(space="mni")
    if "stat" not in peaks.columns and "value" not in peaks.columns:
        peaks = peaks.assign(stat="", value="")
    order = [name for name in _PEAK_COLUMNS if name in peaks.columns]
    peaks = peaks[order]
    if "experiment" in studies.columns and "experiment" in peaks.columns:
        # Names of experiments become names of files; what they were called stays in the column `study`.
        if "study" not in studies.columns:
            studies = studies.assign(study=studies["experiment"])
        names = _plain_names([*studies["experiment"], *peaks["experiment"]])
        studies = studies.assign(experiment=studies["experiment"].map(names))
        peaks = peaks.assign(experiment=peaks["experiment"].map(names))
    write_table(studies, folder / "studies.tsv")
    peaks = peaks.copy()
    for column in ("stat", "value"):
        peaks[column] = peaks[column].astype(object).where(peaks[column].notna(), "")
    write_table(peaks, folder / "peaks.tsv")
    rows = {
        str(folder / "studies.tsv"): list(studies.index),
        str(folder / "peaks.tsv"): list(peaks.index),
    }
    return Prepared([str(folder)], rows=rows)


# --- NIMADS


def _payload(source: Any) -> Mapping[str, Any] | None:
    """A NIMADS dict of an object that has one, by what it offers."""
    for name in ("to_dict", "to_nimads"):
        method = getattr(source, name, None)
        if callable(method) and hasattr(source, "studies"):
            payload = method()
            if isinstance(payload, Mapping) and "studies" in payload:
                return payload
    if all(hasattr(source, name) for name in ("coordinates", "metadata", "images", "annotations")):
        return _of_dataset(source)
    return None


def _of_dataset(dataset: Any) -> dict[str, Any]:
    """NIMADS of a NiMARE Dataset, from its frames."""
    points: dict[str, list[dict[str, Any]]] = {}
    for row in dataset.coordinates.to_dict("records"):
        values = [
            {"kind": kind, "value": row[name]}
            for name, kind in (("t_stat", "T"), ("z_stat", "Z"))
            if name in row and _known(row[name])
        ]
        points.setdefault(row["id"], []).append(
            {
                "coordinates": [float(row[axis]) for axis in "xyz"],
                "space": "MNI" if "mni" in str(row.get("space", "mni")).lower() else str(row["space"]),
                "values": values,
            }
        )
    images: dict[str, list[dict[str, Any]]] = {}
    for row in dataset.images.to_dict("records"):
        # `t` is the full path and `t__relative` the one in the file; the full one is there where it is known.
        kinds = {name.removesuffix("__relative") for name in row if name not in (*_ID_COLUMNS, "space")}
        for kind in sorted(kinds):
            path = next((row[name] for name in (kind, f"{kind}__relative") if _known(row.get(name))), None)
            if path is not None:
                images.setdefault(row["id"], []).append({"value_type": kind, "filename": str(path), "url": str(path)})
    columns: dict[str, dict[str, Any]] = {}
    for frame in (dataset.metadata, dataset.annotations):
        for row in frame.to_dict("records"):
            own = columns.setdefault(row["id"], {})
            own.update({k: v for k, v in row.items() if k not in _ID_COLUMNS and _known(v)})
    studies: dict[str, list[dict[str, Any]]] = {}
    for row in dataset.metadata.to_dict("records"):
        studies.setdefault(row["study_id"], []).append(
            {
                "id": str(row["contrast_id"]),
                "name": str(row["contrast_id"]),
                "metadata": columns.get(row["id"], {}),
                "points": points.get(row["id"], []),
                "images": images.get(row["id"], []),
            }
        )
    return {
        "id": "dataset",
        "name": "dataset",
        "studies": [{"id": name, "name": name, "analyses": own} for name, own in studies.items()],
    }


def _known(value: Any) -> bool:
    return value is not None and not (isinstance(value, float) and math.isnan(value)) and value is not pd.NA


def _plain(payload: Any) -> Any:
    """A copy with JSON's kinds of value only: arrays and numbers of numpy become lists and numbers, NaN nothing."""
    if isinstance(payload, Mapping):
        return {str(key): _plain(value) for key, value in payload.items()}
    if isinstance(payload, str) or payload is None or isinstance(payload, bool):
        return payload
    if hasattr(payload, "tolist"):
        return _plain(payload.tolist())
    if isinstance(payload, (int, float)):
        return payload if math.isfinite(payload) else None
    if isinstance(payload, Iterable):
        return [_plain(part) for part in payload]
    return str(payload)


def _nimads(payload: Mapping[str, Any], folder: Path, base: str | os.PathLike[str] | None) -> Prepared:
    content = _plain(payload)
    if not isinstance(content.get("studies"), list):
        raise ValueError("A NIMADS studyset is a dict with a list of studies.")
    # A Studyset's dict has its annotations inside; the program reads them from files of their own.
    annotations = content.pop("annotations", None) or []
    for study in content["studies"]:
        for analysis in study.get("analyses") or []:
            for image in analysis.get("images") or []:
                _resolve(image, base)
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "studyset.json"
    path.write_text(json.dumps(content, indent=1), encoding="utf-8")
    options: list[str] = []
    for number, annotation in enumerate(annotations, 1):
        if not (isinstance(annotation, Mapping) and annotation.get("notes")):
            continue
        beside = folder / f"annotation_{number}.json"
        beside.write_text(json.dumps(annotation, indent=1), encoding="utf-8")
        options += ["--annotation", str(beside)]
    return Prepared([str(path)], options)


def _resolve(image: dict[str, Any], base: str | os.PathLike[str] | None) -> None:
    """Full paths where the files are there: the JSON is written somewhere else than the studyset came from."""
    for name in ("url", "filename"):
        text = image.get(name)
        if not isinstance(text, str) or "://" in text:
            continue
        for candidate in ([Path(base) / text] if base else []) + [Path(text)]:
            if candidate.is_file():
                image["filename"] = image["url"] = str(candidate.resolve())
                return
