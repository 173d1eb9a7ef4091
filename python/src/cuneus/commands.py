"""The other commands of the program as functions: pool, study, extract, check, settings."""

from __future__ import annotations

import io
import json
import os
import tempfile
import warnings
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nibabel as nib
import numpy as np
import pandas as pd

from .errors import CuneusWarning, Problem, failure, parse_problems
from .estimators import Analysis, Effects, Estimator
from .inputs import Prepared, prepare, write_table
from .process import Completed, run
from .progress import Progress
from .results import PoolResult, Result, Tables, problem_of, table_of, warned

__all__ = ["Extract", "check", "extract", "pool", "settings", "study"]

_Table = str | os.PathLike[str] | pd.DataFrame
_Call = Callable[[Progress], object]
_Words = str | Sequence[str] | None


def _options(values: Mapping[str, object]) -> list[str]:
    """Options of the command line: True for a flag, a list for one that may be repeated, None for one not given."""
    found: list[str] = []
    for name, value in values.items():
        option = "--" + name.replace("_", "-")
        if value is None or value is False:
            continue
        if value is True:
            found.append(option)
        elif isinstance(value, (list, tuple)):
            for part in value:
                found += [option, str(part)]
        else:
            found += [option, str(value)]
    return found


def _choice(value: str | tuple[str, Sequence[str]] | None) -> str | None:
    """``("session", ["pre", "post"])`` as the program writes it."""
    if value is None or isinstance(value, str):
        return value
    return f"{value[0]}={','.join(str(part) for part in value[1])}"


def _comma(value: _Words) -> str | None:
    return value if value is None or isinstance(value, str) else ",".join(value)


class _Place:
    """A folder for results, and for what is written for the program."""

    def __init__(self, out: str | os.PathLike[str] | None) -> None:
        self.holder = None if out is not None else tempfile.TemporaryDirectory(prefix="cuneus-")
        self.out = Path(out) if out is not None else Path(self.holder.name) / "run"  # type: ignore[union-attr]
        self.inputs = self.out.with_name(f"{self.out.name}-input")

    def table(self, table: _Table, name: str) -> Prepared:
        """The table as a file."""
        if not isinstance(table, pd.DataFrame):
            return Prepared([os.fspath(table)])
        path = self.inputs / f"{name}.tsv"
        write_table(table, path)
        return Prepared([str(path)], rows={str(path): list(table.index)})


def _located(prepared: Prepared) -> Callable[[str], list[Problem]]:
    return lambda said: prepared.located(parse_problems(said))


def _run(
    command: str,
    prepared: Prepared,
    options: Sequence[str],
    place: _Place,
    verbose: int,
    progress: _Call | None,
) -> Completed:
    """Run a command on a table, and warn of what it says of the table, at the line that called the function of that name."""
    completed = run(
        [command, *prepared.arguments, *options, "--out", str(place.out)],
        verbose,
        progress,
        find_problems=_located(prepared),
    )
    sentence = warned(prepared.located(completed.problems))
    if sentence:
        warnings.warn(sentence, CuneusWarning, stacklevel=3)
    return completed


def pool(
    table: _Table,
    *,
    measure: str | None = None,
    outcome: _Words = None,
    columns: Mapping[str, str] | None = None,
    by: str | None = None,
    moderators: _Words = None,
    dose: str | None = None,
    estimator: str | None = None,
    test: str | None = None,
    dependence: str | None = None,
    correlation: float | None = None,
    smallest: float | None = None,
    level: float | None = None,
    leave_out: bool = False,
    out: str | os.PathLike[str] | None = None,
    arguments: Sequence[str] = (),
    verbose: int = 0,
    progress: _Call | None = None,
) -> PoolResult:
    """Pool region-level results: volumes, connectivity, biomarkers, symptoms.

    Parameters
    ----------
    table : path or DataFrame
        A row per result; columns by metafor's names or what people write instead (``yi`` and ``vi``; ``m1i sd1i n1i
        m2i sd2i n2i``; ``ai bi ci di``; ``ri ni``), with ``study``, ``sample``, ``outcome``, ``year``.
    measure : str, optional
        Measure of all effects, as in metafor: ``SMD``, ``MD``, ``OR``, ``RR``, ``ZCOR`` ...
    outcome : str or sequence of str, optional
        Only these outcomes of the table.
    columns : mapping, optional
        Which columns are what: ``{"yi": "hedges_g", "sei": "se"}``.
    by : str, optional
        Compare groups by this column.
    moderators : str or sequence of str, optional
        Columns or formulas to regress on.
    dose : str, optional
        Dose and response on this column.
    estimator : str, optional
        Of the variance between studies: ``REML`` (the default), ``DL``, ``HE``, ``HS``, ``SJ``, ``ML``, ``EB``, ``PM``,
        or ``FE``.
    test : {"z", "knha", "adhoc"}, optional
        Of the mean: Wald, Knapp-Hartung, or the latter but never narrower than Wald (the default).
    dependence : {"auto", "three-level", "che", "aggregate", "independent"}, optional
        What is done about several effects of one study.
    correlation : float, optional
        Of sampling errors within a study, for ``che`` and ``aggregate``.
    smallest : float, optional
        The smallest effect that matters.
    level : float, optional
        Of all intervals; default 0.95.
    leave_out : bool
        Leave rows with impossible numbers out, and warn; else they are an error.
    out : path, optional
        Folder for the results; a temporary one where not given.
    arguments : sequence of str, optional
        Further options of ``cuneus pool`` as they are.
    verbose : int
        1 writes the program's log to ``sys.stderr``.
    progress : callable, optional
        Called with a `Progress` as the work goes on.

    Returns
    -------
    PoolResult
        ``outcomes`` has the means in full precision, ``tables`` everything else, ``text`` the answer in words.

    Examples
    --------
    >>> result = pool("bcg.csv", measure="RR", moderators=["ablat"])  # doctest: +SKIP
    >>> result.outcomes.estimate  # doctest: +SKIP
    """
    place = _Place(out)
    prepared = place.table(table, "table")
    options = _options(
        {
            "measure": measure,
            "outcome": outcome if outcome is None else [outcome] if isinstance(outcome, str) else list(outcome),
            "columns": [f"{role}={name}" for role, name in (columns or {}).items()],
            "by": by,
            "moderators": [moderators] if isinstance(moderators, str) else moderators,
            "dose": dose,
            "estimator": estimator,
            "test": test,
            "dependence": dependence,
            "correlation": correlation,
            "smallest": smallest,
            "level": level,
            "leave_out": leave_out,
        }
    )
    completed = _run("pool", prepared, [*options, *arguments], place, verbose, progress)
    result = PoolResult(place.out)
    result.text = completed.output.rsplit("\nReport: ", 1)[0].strip()
    result._holder = place.holder
    return result


def study(
    table: _Table,
    *,
    paired: str | tuple[str, Sequence[str]] | None = None,
    groups: str | tuple[str, Sequence[str]] | None = None,
    correlate: str | None = None,
    covariates: _Words = None,
    formula: str | None = None,
    values: _Words = None,
    mask: str | os.PathLike[str] | nib.Nifti1Image | None = None,
    region: _Words = None,
    permutations: int | None = None,
    seed: int | None = None,
    statistic: str | None = None,
    correction: str | None = None,
    into: str | os.PathLike[str] | None = None,
    experiment: str | None = None,
    out: str | os.PathLike[str] | None = None,
    arguments: Sequence[str] = (),
    threads: int | None = None,
    verbose: int = 1,
    progress: _Call | None = None,
) -> Result:
    """Analyse a primary study: change within people, groups, correlations, by permutation.

    Parameters
    ----------
    table : path or DataFrame
        A row for each person, or each person and session: ``participant_id``, ``session_id``, ``image``, and whatever
        is compared or held constant. A folder of derivatives with BIDS names will do as well. In a DataFrame,
        ``image`` may hold paths (seen from the working folder) or nibabel images.
    paired : str or tuple, optional
        Sessions compared within people: ``"session_id=pre,post"`` or ``("session_id", ["pre", "post"])``; the last
        minus the first.
    groups : str or tuple, optional
        Two groups: the first minus the second.
    correlate : str, optional
        A number that the images go with: a column, ``change:column`` or ``baseline:column``.
    covariates : str or sequence of str, optional
        Columns held constant.
    formula : str, optional
        All of this as a formula.
    values : str or sequence of str, optional
        Columns with values of regions, in place of images.
    mask : {"brain", "grey"}, path or image, optional
        Where it looks.
    region : str or sequence of str, optional
        Only these regions of an atlas, such as ``"AAL:Left amygdala"``.
    permutations : int, optional
        Rearrangements; all of them where there are no more. Default 5000.
    seed : int, optional
        Of the drawn ones; default 1.
    statistic : {"t", "welch", "pseudo-t"}, optional
        What is compared.
    correction : {"tfce", "voxel", "size", "mass"}, optional
        By which corrected p findings are called.
    into : path, optional
        Add the whole map to this native project, as an experiment for a meta-analysis.
    experiment : str, optional
        Name of the experiment in that project.
    out : path, optional
        Folder for the results; a temporary one where not given.
    arguments : sequence of str, optional
        Further options of ``cuneus study`` as they are.
    threads : int, optional
        Worker threads; all cores where not given.
    verbose : int
        1 writes the program's log to ``sys.stderr``.
    progress : callable, optional
        Called with a `Progress` as the work goes on.

    Returns
    -------
    Result
        Maps (``t``, ``g``, ``se``, corrected p ...), tables and report.

    Examples
    --------
    >>> result = study("participants.tsv", paired="session=pre,post")  # doctest: +SKIP
    """
    place = _Place(out)
    if isinstance(table, pd.DataFrame) and "image" in table.columns:
        images = [_image(cell, place.inputs, number) for number, cell in enumerate(table["image"])]
        table = table.assign(image=pd.Series(images, index=table.index, dtype=object))
    if isinstance(mask, nib.Nifti1Image):
        place.inputs.mkdir(parents=True, exist_ok=True)
        nib.save(mask, place.inputs / "mask.nii.gz")
        mask = place.inputs / "mask.nii.gz"
    prepared = place.table(table, "participants")
    options = _options(
        {
            "paired": _choice(paired),
            "groups": _choice(groups),
            "correlate": correlate,
            "covariates": _comma(covariates),
            "formula": formula,
            "values": _comma(values),
            "mask": mask,
            "region": [region] if isinstance(region, str) else region,
            "permutations": permutations,
            "seed": seed,
            "statistic": statistic,
            "correction": correction,
            "into": into,
            "experiment": experiment,
            "threads": threads,
        }
    )
    _run("study", prepared, [*options, *arguments], place, verbose, progress)
    result = Result(place.out)
    result._holder = place.holder
    return result


def _image(cell: Any, folder: Path, number: int) -> str | None:
    if isinstance(cell, nib.Nifti1Image):
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / f"image_{number + 1}.nii.gz"
        # As real numbers: an image that came from a file of scaled whole numbers would be rounded once more.
        header = cell.header.copy()
        header.set_data_dtype(np.float32)
        nib.save(nib.Nifti1Image(cell.get_fdata(dtype=np.float32), cell.affine, header), path)
        return str(path.resolve())
    if isinstance(cell, (str, os.PathLike)) and os.fspath(cell):
        return str(Path(cell).resolve())
    return None


@dataclass(frozen=True)
class Extract:
    """What experiments say at places.

    Parameters
    ----------
    tables : Tables
        ``places``: the pooled effect of each place; ``experiments``: every experiment's; ``imputations``: every
        imputation of each, with seven digits; ``coefficients`` of models with covariates.
    outside : list of Problem
        Places outside the mask.
    """

    tables: Tables
    outside: list[Problem]


def extract(
    studyset: Any,
    at: Sequence[Sequence[float]] = (),
    *,
    radius: float | None = None,
    mask: Sequence[str | os.PathLike[str]] = (),
    region: _Words = None,
    clusters: str | os.PathLike[str] | Result | None = None,
    peaks: bool = False,
    estimator: Estimator | None = None,
) -> Extract:
    """Every experiment's effect at places.

    Parameters
    ----------
    studyset : path, Studyset, Dataset, dict, DataFrame or pair of DataFrames
        As of ``fit``.
    at : sequence of three numbers each
        MNI coordinates, mm: ``[(-42, 26, 0)]``.
    radius : float, optional
        Take spheres of this radius, mm, around them.
    mask : sequence of paths
        Images whose voxels above 0 are taken together.
    region : str or sequence of str, optional
        Regions of an atlas, such as ``"AAL:Left amygdala"``.
    clusters : path or Result, optional
        Each cluster of a thresholded map, or of a run.
    peaks : bool
        Run the model first, and take the peak of every cluster.
    estimator : Effects or SDMPSI, optional
        With which settings; `Effects` where not given.

    Returns
    -------
    Extract
        Tables of places, experiments and imputations.

    Raises
    ------
    InputError
        The input cannot be used, or no place is inside the mask.
    """
    chosen = estimator if estimator is not None else Effects()
    if isinstance(clusters, Result):
        clusters = clusters.folder
    asked = _options(
        {
            "at": [",".join(f"{value:g}" for value in place) for place in at],
            "radius": radius,
            "mask": [os.fspath(path) for path in mask],
            "region": [region] if isinstance(region, str) else region,
            "clusters": clusters,
            "peaks": peaks,
        }
    )
    with tempfile.TemporaryDirectory(prefix="cuneus-") as holder:
        prepared = prepare(studyset, Path(holder) / "input")
        models = [] if chosen.models is None else [chosen.models] if isinstance(chosen.models, str) else chosen.models
        arguments = ["extract", *prepared.arguments, *prepared.options, *chosen.options(Path(holder) / "input")]
        arguments += [*_options({"model": list(models)}), *asked, *chosen.arguments, "--output", f"{holder}/places"]
        # An option with a value that begins with a minus: --at -42,26,0 is understood as it is.
        completed = run(
            arguments,
            chosen.verbose,
            chosen.progress,
            accepts=(0, 2),
            find_problems=_located(prepared),
        )
        problems = [problem for problem in completed.problems if problem.severity == "error"]
        files = {path.stem: path for path in Path(holder, "places").glob("*.tsv")}
        if "places" not in files:
            raise failure(2, completed.said, completed.command, prepared.located(parse_problems(completed.said)))
        tables = Tables(files)
        for name in tables:
            tables[name]
    return Extract(tables, problems)


def check(studyset: Any, estimator: Estimator | None = None, strict: bool = False) -> pd.DataFrame:
    """Look an input over: what cannot be right, what looks wrong, what is assumed.

    Parameters
    ----------
    studyset : path, Studyset, Dataset, dict, DataFrame or pair of DataFrames
        As of ``fit``.
    estimator : Estimator, optional
        For which method and settings.
    strict : bool
        Count warnings as errors.

    Returns
    -------
    pandas.DataFrame
        A finding a row: severity, code, file, line, message, remedy; ``row`` for tables that were DataFrames.

    Raises
    ------
    InputError
        The input cannot be read at all.
    """
    chosen = estimator if estimator is not None else Analysis()
    with tempfile.TemporaryDirectory(prefix="cuneus-") as holder:
        prepared = prepare(studyset, Path(holder) / "input")
        options = chosen.options(Path(holder) / "input")
        for name in ("--threads", "--memory"):
            if name in options:
                del options[options.index(name) : options.index(name) + 2]
        completed = run(
            ["check", *prepared.arguments, *prepared.options, *options, "--json", *(["--strict"] if strict else [])],
            accepts=(0, 2),
            find_problems=_located(prepared),
        )
        if not completed.output.strip():
            raise failure(2, completed.said, completed.command, prepared.located(parse_problems(completed.said)))
        notices = json.loads(completed.output)["notices"]
        found = prepared.located([problem_of(notice) for notice in notices])
    return table_of(found, ("row",))


def settings() -> pd.DataFrame:
    """Every setting of the program: its default, unit and meaning.

    Returns
    -------
    pandas.DataFrame
        A setting a row.
    """
    text = run(["settings", "--tsv"]).output
    return pd.read_csv(io.StringIO(text), sep="\t", dtype=str, keep_default_na=False)
