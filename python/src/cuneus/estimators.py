"""Estimators: what to compute, as objects with ``fit``."""

from __future__ import annotations

import dataclasses
import os
import tempfile
import warnings
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any, ClassVar, TypeVar

import nibabel as nib

from .errors import CuneusWarning, Problem, parse_problems
from .inputs import Prepared, prepare, prepare_pair
from .process import run
from .progress import Progress
from .results import Result, warned

__all__ = [
    "ALE",
    "ALEConjunction",
    "ALESubtraction",
    "Analysis",
    "DerSimonianLaird",
    "Effects",
    "Estimator",
    "Fishers",
    "FixedEffects",
    "Hedges",
    "KDA",
    "MKDA",
    "MKDAChi2",
    "PauleMandel",
    "PermutedOLS",
    "SCALE",
    "SDMPSI",
    "SampleSizeBasedLikelihood",
    "Stouffers",
    "VarianceBasedLikelihood",
]

_Mask = str | os.PathLike[str] | nib.Nifti1Image

#: Of every estimator; `_documented` puts it where the docstring of a class says %(common)s.
_COMMON = """voxel_size : float, optional
        Edge of a voxel of the analysis grid, mm; the program's default is 2.
    corrected_p : float, optional
        Family-wise error level of the corrected tables and maps; default 0.05.
    seed : int, optional
        Start of the random numbers; the same seed gives the same bytes. Default 1.
    settings : mapping, optional
        Any other setting by its key, as ``cuneus settings`` lists them.
    models : str or sequence of str, optional
        Only these models of the input's plan; all of them where not given.
    filter : str, optional
        Which experiments enter, for example ``'task == "rest" and n >= 20'``.
    covariates : str or sequence of str, optional
        Covariates of a meta-regression: columns, or as in a plan: ``"{column: sessions, centre: mean}"``.
    test : str, optional
        What is tested: ``mean``, a covariate, ``groups: column`` or ``contrast: 0+1``.
    sign : {"positive", "negative"}, optional
        Direction of peaks that carry neither sign nor statistic, as in Sleuth files and most studysets.
    space : str, optional
        Space of coordinates whose source names none: ``mni``, ``talairach`` ...
    out : path, optional
        Folder for the results. Where not given they are in a temporary folder, which goes when the result goes;
        ``result.save(folder)`` keeps it.
    arguments : sequence of str, optional
        Further options of ``cuneus run`` as they are, for example ``["--lean"]``.
    threads : int, optional
        Worker threads; all cores where not given.
    memory : float, optional
        GiB that the permutation test may take; default 4.
    verbose : int
        1 writes to ``sys.stderr`` how far the work is; 0 is silent.
    progress : callable, optional
        Called with a `Progress` as the work goes on."""

#: Of the methods of foci.
_FOCI = """foci_iterations : int, optional
        Random sets of foci, or permuted labels; default 5000.
    foci_correction : {"size", "mass", "voxel", "tfce", "fdr"}, optional
        Correction: family-wise error of clusters or voxels, or the false discovery rate.
    foci_direction : {"separate", "all", "positive", "negative"}, optional
        Which foci enter a map: increases and decreases in maps of their own (the default), or all.
    foci_mask : {"brain", "grey_matter", "white_matter"}, path or image, optional
        Where foci are looked at.
    cluster_forming_p : float, optional
        Uncorrected one-tailed p that a voxel of a cluster must be below; default 0.001."""

#: Of the methods of images.
_IMAGES = """mask : {"grey_matter", "white_matter", "brain"}, path or image, optional
        Where the analysis looks."""

_Class = TypeVar("_Class", bound=type)


def _documented(kind: _Class) -> _Class:
    """Put what several classes say of their parameters where their docstrings name it."""
    text = kind.__doc__ or ""
    for name, shared in (("common", _COMMON), ("foci", _FOCI), ("images", _IMAGES)):
        text = text.replace(f"%({name})s", shared)
    kind.__doc__ = text
    return kind


def _setting(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, (list, tuple)):
        return ",".join(_setting(part) for part in value)
    return str(value)


def _listed(value: str | Sequence[str] | None) -> list[str]:
    if value is None:
        return []
    return [value] if isinstance(value, str) else [str(part) for part in value]


@dataclass(kw_only=True)
class Estimator:
    """What all estimators have in common; use one of the others.

    ``get_params``, ``set_params`` and ``repr`` work as in scikit-learn and NiMARE.

    Parameters
    ----------
    %(common)s
    """

    #: The program's name of the method.
    method: ClassVar[str | None] = None
    #: Fields that are settings of the program, by the same name.
    _settings: ClassVar[tuple[str, ...]] = ("voxel_size", "corrected_p", "seed")

    voxel_size: float | None = None
    corrected_p: float | None = None
    seed: int | None = None
    settings: Mapping[str, object] | None = None
    models: str | Sequence[str] | None = None
    filter: str | None = None
    covariates: str | Sequence[str] | None = None
    test: str | None = None
    sign: str | None = None
    space: str | None = None
    out: str | os.PathLike[str] | None = None
    arguments: Sequence[str] = ()
    threads: int | None = None
    memory: float | None = None
    verbose: int = 1
    progress: Callable[[Progress], object] | None = field(default=None, repr=False)

    def __repr__(self) -> str:
        given = [
            f"{part.name}={getattr(self, part.name)!r}"
            for part in fields(self)
            if part.repr and getattr(self, part.name) != part.default
        ]
        return f"{type(self).__name__}({', '.join(given)})"

    def get_params(self, deep: bool = True) -> dict[str, Any]:
        """The parameters.

        Parameters
        ----------
        deep : bool
            For scikit-learn's sake; there is nothing deeper.

        Returns
        -------
        dict
            Every parameter by name.
        """
        return {part.name: getattr(self, part.name) for part in fields(self)}

    def set_params(self, **params: Any) -> Estimator:
        """Change parameters.

        Parameters
        ----------
        **params
            Of those that ``get_params`` has.

        Returns
        -------
        Estimator
            This one.
        """
        known = self.get_params()
        for name, value in params.items():
            if name not in known:
                raise ValueError(f"{type(self).__name__} has no parameter '{name}'. It has: {', '.join(known)}.")
            setattr(self, name, value)
        return self

    def _methods(self) -> list[str]:
        return [self.method] if self.method else []

    def _assignments(self, folder: Path) -> dict[str, str]:
        assignments = {}
        for name in self._settings:
            value = getattr(self, name)
            if value is None:
                continue
            if isinstance(value, nib.Nifti1Image):
                folder.mkdir(parents=True, exist_ok=True)
                path = folder / f"{name}.nii.gz"
                nib.save(value, path)
                value = path
            assignments[name] = _setting(value)
        for key, value in (self.settings or {}).items():
            if key in assignments:
                raise ValueError(f"{key} is given twice: as a parameter, and in settings.")
            assignments[key] = _setting(value)
        return assignments

    def options(self, folder: str | os.PathLike[str] = ".") -> list[str]:
        """The options of the command line that say the same.

        Parameters
        ----------
        folder : path
            Where masks that were given as images are written.

        Returns
        -------
        list of str
            For ``cuneus run``, without the input and ``--out``.
        """
        found: list[str] = []
        for method in self._methods():
            found += ["--method", method]
        for key, value in self._assignments(Path(folder)).items():
            found += ["--set", f"{key}={value}"]
        for option, text in (("--filter", self.filter), ("--test", self.test)):
            if text is not None:
                found += [option, text]
        for name in _listed(self.covariates):
            found += ["--covariate", name]
        for option, text in (("--sign", self.sign), ("--space", self.space)):
            if text is not None:
                found += [option, text]
        for option, number in (("--threads", self.threads), ("--memory", self.memory)):
            if number is not None:
                found += [option, str(number)]
        return found

    def fit(self, studyset: Any) -> Result:
        """Analyse.

        Parameters
        ----------
        studyset : path, Studyset, Dataset, dict, DataFrame or pair of DataFrames
            A path of any input that the program reads; a NiMARE Studyset or Dataset; a NIMADS dict; a DataFrame with
            a row per peak (``experiment, x, y, z, n``, and ``t`` where it is known); or two, ``(studies, peaks)``.

        Returns
        -------
        Result
            Maps, tables and report.

        Raises
        ------
        InputError
            The input cannot be used: ``error.problems`` says where and why.
        KeyboardInterrupt
            At Ctrl-C, after the program has ended in good order.
        """
        return self._fit(lambda folder: prepare(studyset, folder))

    def _fit(self, make: Callable[[Path], Prepared]) -> Result:
        holder = None if self.out is not None else tempfile.TemporaryDirectory(prefix="cuneus-")
        out = Path(self.out) if self.out is not None else Path(holder.name) / "run"  # type: ignore[union-attr]
        # Beside the results, not in a place that goes: run.json names the input.
        inputs = out.with_name(f"{out.name}-input")
        prepared = make(inputs)

        def located(said: str) -> list[Problem]:
            return prepared.located(parse_problems(said))

        arguments = ["run", *prepared.arguments, *prepared.options, *self.options(inputs), *self.arguments]
        for name in _listed(self.models):
            arguments += ["--model", name]
        run([*arguments, "--out", str(out)], self.verbose, self.progress, find_problems=located)
        result = Result(out, dataclasses.replace(self))
        result._holder = holder
        sentence = warned(prepared.located(result.problems))
        if sentence:
            warnings.warn(sentence, CuneusWarning, stacklevel=3)
        return result


@_documented
@dataclass(kw_only=True, repr=False)
class Analysis(Estimator):
    """Whatever the input's plan says, or several methods side by side.

    Parameters
    ----------
    methods : str or sequence of str, optional
        The program's names of methods, for example ``["effects", "ale", "mkda"]``; those of the plan where not given.
    %(common)s

    Examples
    --------
    >>> Analysis(methods=["effects", "ale"]).fit("my_project")  # doctest: +SKIP
    """

    methods: str | Sequence[str] | None = None

    def _methods(self) -> list[str]:
        return _listed(self.methods)


@_documented
@dataclass(kw_only=True, repr=False)
class Effects(Estimator):
    """Effect sizes as a posterior, and the agreement test: Cuneus's own method.

    How large the effect is at every voxel, how sure that is, and where studies agree more than chance, corrected for
    the whole brain. New, and not yet peer-reviewed; `Docs/posterior.md` and `Docs/agreement-test.md` say how it works.

    Parameters
    ----------
    relocations : int, optional
        Random placements of the peaks for corrected p; 0 for none. Default 999.
    relocate : {"uniform", "base_rate", "both"}, optional
        Where relocated peaks go: anywhere, or where publications at large print peaks.
    mask : {"grey_matter", "white_matter", "brain"}, path or image, optional
        Where the analysis looks.
    imputations : int, optional
        Completed data sets, for models with covariates and effects at places. Default 50.
    %(common)s

    Examples
    --------
    >>> result = Effects(relocations=999).fit("my_project")  # doctest: +SKIP
    >>> result.maps["g"]  # doctest: +SKIP
    """

    method = "effects"
    _settings = (*Estimator._settings, "relocations", "relocate", "mask", "imputations")

    relocations: int | None = None
    relocate: str | None = None
    mask: _Mask | None = None
    imputations: int | None = None


@_documented
@dataclass(kw_only=True, repr=False)
class SDMPSI(Estimator):
    """Seed-based d mapping with permutation of subject images.

    Parameters
    ----------
    permutations : int, optional
        Permutations of the subject images for corrected p, the unpermuted data included; 0 (the default) for none.
    imputations : int, optional
        Completed data sets that are pooled by Rubin's rules. Default 50.
    anisotropy : float, optional
        How far kernels follow the tissue, from 0 to 1 (the default).
    kernel_fwhm : float, optional
        Width of the kernel that spreads a peak's effect, mm. Default 20.
    mask : {"grey_matter", "white_matter", "brain"}, path or image, optional
        Where the analysis looks.
    tau2_estimator : {"dl", "reml"}, optional
        Between-study variance.
    %(common)s

    References
    ----------
    Albajes-Eizagirre, Solanes, Vieta & Radua (2019), NeuroImage 186:174-184,
    https://doi.org/10.1016/j.neuroimage.2018.10.077

    Examples
    --------
    >>> result = SDMPSI(permutations=1000).fit(studyset)  # doctest: +SKIP
    """

    method = "sdm-psi"
    _settings = (
        *Estimator._settings, "permutations", "imputations", "anisotropy", "kernel_fwhm", "mask", "tau2_estimator",
    )  # fmt: skip

    permutations: int | None = None
    imputations: int | None = None
    anisotropy: float | None = None
    kernel_fwhm: float | None = None
    mask: _Mask | None = None
    tau2_estimator: str | None = None


@dataclass(kw_only=True, repr=False)
class _OfFoci(Estimator):
    """Methods that ask where foci converge."""

    _settings = (
        *Estimator._settings,
        "foci_iterations",
        "foci_correction",
        "foci_direction",
        "foci_mask",
        "cluster_forming_p",
    )

    foci_iterations: int | None = None
    foci_correction: str | None = None
    foci_direction: str | None = None
    foci_mask: _Mask | None = None
    cluster_forming_p: float | None = None


@_documented
@dataclass(kw_only=True, repr=False)
class ALE(_OfFoci):
    """Activation likelihood estimation.

    Parameters
    ----------
    ale_fwhm : float, optional
        Width of the kernel, mm; by each experiment's sample size where not given.
    ale_n : int, optional
        Sample size that the kernel is made for, the same for all experiments.
    foci_compat : {"exact", "nimare", "gingerale", "spm"}, optional
        Whose arithmetic is followed.
    %(foci)s
    %(common)s

    Examples
    --------
    >>> result = ALE(foci_iterations=1000).fit("foci.txt")  # doctest: +SKIP
    """

    method = "ale"
    _settings = (*_OfFoci._settings, "ale_fwhm", "ale_n", "foci_compat")

    ale_fwhm: float | None = None
    ale_n: int | None = None
    foci_compat: str | None = None


@_documented
@dataclass(kw_only=True, repr=False)
class SCALE(ALE):
    """Specific coactivation likelihood estimation: ALE against the foci of the whole project.

    Parameters
    ----------
    ale_fwhm : float, optional
        Width of the kernel, mm; by each experiment's sample size where not given.
    ale_n : int, optional
        Sample size that the kernel is made for, the same for all experiments.
    foci_compat : {"exact", "nimare", "gingerale", "spm"}, optional
        Whose arithmetic is followed.
    %(foci)s
    %(common)s
    """

    method = "scale"


@_documented
@dataclass(kw_only=True, repr=False)
class MKDA(_OfFoci):
    """Multilevel kernel density analysis: share of the experiments with a focus near.

    Parameters
    ----------
    sphere_radius : float, optional
        How far a focus reaches, mm; default 10.
    weighted : bool
        Weigh experiments by the root of their sample size (the program's ``mkda-n``).
    %(foci)s
    %(common)s
    """

    _settings = (*_OfFoci._settings, "sphere_radius")

    sphere_radius: float | None = None
    weighted: bool = False

    def _methods(self) -> list[str]:
        return ["mkda-n" if self.weighted else "mkda"]


@_documented
@dataclass(kw_only=True, repr=False)
class KDA(_OfFoci):
    """Kernel density analysis: number of foci near.

    Parameters
    ----------
    sphere_radius : float, optional
        How far a focus reaches, mm; default 10.
    %(foci)s
    %(common)s
    """

    method = "kda"
    _settings = (*_OfFoci._settings, "sphere_radius")

    sphere_radius: float | None = None


@dataclass(kw_only=True, repr=False)
class _Pairwise(_OfFoci):
    """Methods that compare two groups of experiments."""

    _column: ClassVar[str] = "cuneus_group"

    def fit(self, studyset: Any, studyset2: Any = None) -> Result:
        """Compare two groups of studies.

        Parameters
        ----------
        studyset : Studyset, Dataset, dict, DataFrame or pair of DataFrames
            The first group; or both, told apart by a column (``covariates="modality"``, ``test="groups: modality"``).
        studyset2 : Studyset, Dataset, dict, DataFrame or pair of DataFrames, optional
            The second group.

        Returns
        -------
        Result
            Maps, tables and report.
        """
        if studyset2 is None:
            return self._fit(lambda folder: prepare(studyset, folder))
        if self.covariates is not None or self.test is not None:
            raise ValueError("covariates and test say what two studysets say already: give one or the other.")
        named = dataclasses.replace(
            self,
            covariates=f"{{column: {self._column}, coding: treatment, reference: second}}",
            test=f"groups: {self._column}",
        )
        return named._fit(lambda folder: prepare_pair(studyset, studyset2, folder, self._column))


@_documented
@dataclass(kw_only=True, repr=False)
class ALESubtraction(_Pairwise):
    """Where foci of one group converge more than those of another.

    Parameters
    ----------
    balanced : bool
        Compare groups drawn to the same size (the program's ``ale-subtraction-balanced``).
    within : {"everywhere", "main_effects"}, optional
        Where groups are compared: at every voxel, or where one group's own ALE survives.
    %(foci)s
    %(common)s

    Examples
    --------
    >>> result = ALESubtraction().fit(patients, controls)  # doctest: +SKIP
    """

    _settings = (*_OfFoci._settings, "within")

    balanced: bool = False
    within: str | None = None

    def _methods(self) -> list[str]:
        return ["ale-subtraction-balanced" if self.balanced else "ale-subtraction"]


@_documented
@dataclass(kw_only=True, repr=False)
class ALEConjunction(_Pairwise):
    """Where foci of both groups converge.

    Parameters
    ----------
    %(foci)s
    %(common)s
    """

    method = "ale-conjunction"


@_documented
@dataclass(kw_only=True, repr=False)
class MKDAChi2(_Pairwise):
    """Whether more experiments of one group than of another have a focus near.

    Parameters
    ----------
    sphere_radius : float, optional
        How far a focus reaches, mm; default 10.
    %(foci)s
    %(common)s
    """

    method = "mkda-chi2"
    _settings = (*_OfFoci._settings, "sphere_radius")

    sphere_radius: float | None = None


@dataclass(kw_only=True, repr=False)
class _OfImages(Estimator):
    """Methods that pool whole-brain images voxel by voxel."""

    _settings = (*Estimator._settings, "mask")

    mask: _Mask | None = None


@_documented
@dataclass(kw_only=True, repr=False)
class Fishers(_OfImages):
    """Fisher's combined p of images.

    Parameters
    ----------
    %(images)s
    %(common)s
    """

    method = "ibma-fisher"


@_documented
@dataclass(kw_only=True, repr=False)
class Stouffers(_OfImages):
    """Stouffer's combined z of images.

    Parameters
    ----------
    use_sample_size : bool
        Weigh images by the root of their sample size.
    %(images)s
    %(common)s
    """

    use_sample_size: bool = False

    def _methods(self) -> list[str]:
        return ["ibma-stouffer-n" if self.use_sample_size else "ibma-stouffer"]


@_documented
@dataclass(kw_only=True, repr=False)
class FixedEffects(_OfImages):
    """Images pooled with weights of their variances, as if studies did not differ.

    Parameters
    ----------
    %(images)s
    %(common)s
    """

    method = "ibma-fixed"


@_documented
@dataclass(kw_only=True, repr=False)
class DerSimonianLaird(_OfImages):
    """Random effects of images, variance between studies by DerSimonian and Laird.

    Parameters
    ----------
    %(images)s
    %(common)s
    """

    method = "ibma-dl"


@_documented
@dataclass(kw_only=True, repr=False)
class Hedges(_OfImages):
    """Random effects of images, variance between studies by Hedges.

    Parameters
    ----------
    %(images)s
    %(common)s
    """

    method = "ibma-hedges"


@_documented
@dataclass(kw_only=True, repr=False)
class PauleMandel(_OfImages):
    """Random effects of images, variance between studies by Paule and Mandel.

    Parameters
    ----------
    %(images)s
    %(common)s
    """

    method = "ibma-pm"


@_documented
@dataclass(kw_only=True, repr=False)
class VarianceBasedLikelihood(_OfImages):
    """Random effects of images by likelihood.

    Parameters
    ----------
    likelihood : {"reml", "ml"}
        Restricted maximum likelihood, or maximum likelihood.
    %(images)s
    %(common)s
    """

    likelihood: str = "reml"

    def _methods(self) -> list[str]:
        if self.likelihood not in ("reml", "ml"):
            raise ValueError(f"likelihood is '{self.likelihood}'; 'reml' or 'ml' can be had.")
        return [f"ibma-{self.likelihood}"]


@_documented
@dataclass(kw_only=True, repr=False)
class SampleSizeBasedLikelihood(_OfImages):
    """Random effects of images whose variances are not believed: sampling variances by sample size.

    Parameters
    ----------
    %(images)s
    %(common)s
    """

    method = "ibma-samplesize"


@_documented
@dataclass(kw_only=True, repr=False)
class PermutedOLS(_OfImages):
    """Least squares over images, tested by sign flips or orders.

    Parameters
    ----------
    foci_iterations : int, optional
        Sign flips; all there are where they are fewer. Default 5000.
    foci_correction : {"size", "mass", "voxel", "tfce"}, optional
        Correction for the whole brain.
    %(images)s
    %(common)s
    """

    method = "ibma-permuted-ols"
    _settings = (*_OfImages._settings, "foci_iterations", "foci_correction")

    foci_iterations: int | None = None
    foci_correction: str | None = None


_documented(Estimator)
