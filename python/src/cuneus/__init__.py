"""Meta-analysis of brain imaging with Cuneus: published peaks and maps in, pooled brain maps out.

The program ``cuneus`` does the work; this package gives it studysets of NiMARE, tables of pandas and files, and reads
what comes out as images of nibabel and tables of pandas.

>>> import cuneus
>>> result = cuneus.Effects().fit("my_project")  # doctest: +SKIP
>>> result.maps["g"], result.tables["clusters"], result.report  # doctest: +SKIP
"""

from .commands import Extract, check, extract, pool, settings, study
from .errors import CuneusError, CuneusWarning, InputError, Problem, ProgramNotFoundError, UsageError
from .estimators import (
    ALE,
    KDA,
    MKDA,
    SCALE,
    SDMPSI,
    ALEConjunction,
    ALESubtraction,
    Analysis,
    DerSimonianLaird,
    Effects,
    Estimator,
    Fishers,
    FixedEffects,
    Hedges,
    MKDAChi2,
    PauleMandel,
    PermutedOLS,
    SampleSizeBasedLikelihood,
    Stouffers,
    VarianceBasedLikelihood,
)
from .launcher import program
from .progress import Progress
from .results import Maps, PoolResult, Report, Result, Tables, read

__version__ = "0.1.0"

__all__ = [
    "ALE",
    "ALEConjunction",
    "ALESubtraction",
    "Analysis",
    "CuneusError",
    "CuneusWarning",
    "DerSimonianLaird",
    "Effects",
    "Estimator",
    "Extract",
    "Fishers",
    "FixedEffects",
    "Hedges",
    "InputError",
    "KDA",
    "MKDA",
    "MKDAChi2",
    "Maps",
    "PauleMandel",
    "PermutedOLS",
    "PoolResult",
    "Problem",
    "Progress",
    "ProgramNotFoundError",
    "Report",
    "Result",
    "SCALE",
    "SDMPSI",
    "SampleSizeBasedLikelihood",
    "Stouffers",
    "Tables",
    "UsageError",
    "VarianceBasedLikelihood",
    "check",
    "extract",
    "pool",
    "program",
    "read",
    "settings",
    "study",
]
