"""Writes Tests/SynthesisTests/Reference/pcurve-boundaries.json: p-curves by scipy's noncentral distributions, and sequential boundaries
by multivariate normal integrals and root finding.

    python3 pcurve_boundaries.py        (numpy, scipy)

p-curve: the formulas of Simonsohn, Nelson & Simmons (2014, 2015) with F(1, df) and chi-square(1) as their web application has them.
Boundaries: by Simpson's rule on a fine grid of Brownian motion, not on z by Gauss-Legendre panels as the program; the published values
of O'Brien-Fleming- and Pocock-type spending stand in the test.
"""
import json
import platform

import numpy as np
import scipy
from scipy import optimize, special, stats


def pcurve(values, df):
    """z (df None) or t values."""
    tests = []
    for x, d in zip(values, df):
        p = 2 * (stats.norm.sf(abs(x)) if d is None else stats.t.sf(abs(x), d))
        tests.append((x * x, d, p))
    significant = [t for t in tests if t[2] < 0.05]
    clip = lambda p: min(max(p, 2.2e-16), 1 - 2.2e-16)
    stouffer = lambda ps: float(sum(stats.norm.ppf(clip(p)) for p in ps) / np.sqrt(len(ps))) if ps else None

    def noncentral(square, d, ncp):
        return stats.ncx2.cdf(square, 1, ncp) if d is None else stats.ncf.cdf(square, 1, d, ncp)

    def flat(power):
        out = []
        for square, d, _ in significant:
            critical = stats.chi2.isf(0.05, 1) if d is None else stats.f.isf(0.05, 1, d)
            ncp = optimize.brentq(lambda n: 1 - noncentral(critical, d, n) - power, 0, 400, xtol=1e-13)
            out.append((noncentral(square, d, ncp) - (1 - power)) / power)
        return stouffer(out)

    def estimate(z):
        f = lambda power: flat(power) - z
        if f(0.0501) <= 0:
            return 0.05
        if f(0.99) >= 0:
            return 0.99
        return optimize.brentq(f, 0.0501, 0.99, xtol=1e-10)

    ps = [t[2] for t in significant]
    half = [p / 0.025 for p in ps if p < 0.025]
    return dict(
        values=list(values), df=[0 if d is None else d for d in df], significant=len(ps), below=len(half),
        binomial=float(stats.binom.sf(len(half) - 1, len(ps), 0.5)),
        full=stouffer([p / 0.05 for p in ps]), half=stouffer(half), flat=flat(1 / 3),
        power=[estimate(0), estimate(stats.norm.ppf(0.95)), estimate(stats.norm.ppf(0.05))],
    )


def advance(previous, t_before, t, bound):
    """The density of Brownian motion at t on the nodes within the bound, not stopped before."""
    n = 2001
    limit = min(bound, 9) * np.sqrt(t)
    x = np.linspace(-limit, limit, n)
    w = np.ones(n) * 2
    w[1::2] = 4
    w[0] = w[-1] = 1
    w *= (x[1] - x[0]) / 3
    if previous is None:
        return x, w, stats.norm.pdf(x, scale=np.sqrt(t))
    px, pw, pd = previous
    step = np.sqrt(t - t_before)
    density = np.exp(-(((x[:, None] - px[None, :]) / step) ** 2) / 2) @ (pw * pd) / (step * np.sqrt(2 * np.pi))
    return x, w, density


def spent(kind, t, alpha):
    if t >= 1:
        return alpha
    return 2 * stats.norm.sf(stats.norm.isf(alpha / 2) / np.sqrt(t)) if kind == "obrienFleming" else alpha * np.log(1 + (np.e - 1) * t)


def boundaries(kind, fractions, alpha):
    bounds, state, before, t_before = [], None, 0.0, 0.0
    for t in fractions:
        now = 2 * spent(kind, t, alpha / 2)

        def crossed(c):
            if state is None:
                return 2 * stats.norm.sf(c)
            px, pw, pd = state
            step, edge = np.sqrt(t - t_before), c * np.sqrt(t)
            return float(np.sum(pw * pd * (special.ndtr((px - edge) / step) + special.ndtr((-edge - px) / step))))

        bounds.append(optimize.brentq(lambda c: crossed(c) - (now - before), 0.5, 9, xtol=1e-12))
        state = advance(state, t_before, t, bounds[-1])
        before, t_before = now, t
    return dict(kind=kind, fractions=fractions, alpha=alpha, bounds=bounds)


rng = np.random.default_rng(20)
sets = []
for shift, n in ((0.0, 30), (1.2, 25), (2.8, 12)):
    z = np.round(rng.normal(shift, 1.2, n), 4).tolist()
    sets.append(pcurve(z, [None] * n))
    sets.append(pcurve(z, [int(d) for d in rng.integers(15, 80, n)]))
result = dict(
    versions=dict(python=platform.python_version(), numpy=np.__version__, scipy=scipy.__version__),
    pcurves=sets,
    boundaries=[
        boundaries(kind, fractions, alpha)
        for kind in ("obrienFleming", "pocock")
        for fractions, alpha in (([0.5, 1.0], 0.05), ([0.3, 0.45, 0.9], 0.05), ([0.2, 0.5, 0.55, 1.0], 0.01))
    ],
)
with open("../../Tests/SynthesisTests/Reference/pcurve-boundaries.json", "w") as file:
    json.dump(result, file, indent=1)
