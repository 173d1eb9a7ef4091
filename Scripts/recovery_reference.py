#!/usr/bin/env python3
"""Random-effects pooling of single voxels with a known truth, for Tests/SeedBasedMappingTests/SimulatedStudiesTests.swift and
Docs/simulation.md: 20 one-sample studies of 20, tau = 0.1, exact J, variance c + K g^2, DerSimonian-Laird.

    python3 Scripts/recovery_reference.py        (numpy, scipy; a minute)
"""

import numpy as np
from scipy.special import gammaln

STUDIES = SUBJECTS = 20
TAU = 0.1
DF = SUBJECTS - 1
J = np.exp(gammaln(DF / 2) - 0.5 * np.log(DF / 2) - gammaln((DF - 1) / 2))
K = 1 - (DF - 2) / (DF * J * J)
random = np.random.default_rng(1)

for truth in (0.7, 0.35, 0):
    shape = (200_000, STUDIES)
    mean = truth + TAU * random.standard_normal(shape) + random.standard_normal(shape) / np.sqrt(SUBJECTS)
    g = J * mean / np.sqrt(random.chisquare(DF, shape) / DF)
    variance = 1 / SUBJECTS + K * g * g
    w = 1 / variance
    fixed = (w * g).sum(1) / w.sum(1)
    q = (w * (g - fixed[:, None]) ** 2).sum(1)
    tau2 = np.maximum(0, (q - (STUDIES - 1)) / (w.sum(1) - (w * w).sum(1) / w.sum(1)))
    w = 1 / (variance + tau2[:, None])
    pooled, se = (w * g).sum(1) / w.sum(1), w.sum(1) ** -0.5
    error = pooled - truth
    print(
        f"truth {truth}: bias {error.mean():.4f} (unweighted {g.mean() - truth:.4f}), RMSE {(error**2).mean() ** 0.5:.4f},"
        f" mean se {se.mean():.4f}, coverage {(abs(error) <= 1.959964 * se).mean():.4f},"
        f" beyond p = .005: {(pooled / se > 2.575829).mean():.4f} {(pooled / se < -2.575829).mean():.4f}"
    )
