"""Writes Tests/SynthesisTests/Reference/bayes.json: random-effects posteriors by mpmath's quadrature in 50 digits.

    python3 bayes.py        (mpmath; some minutes)

Nothing of the program's way of integrating is used: tau is integrated as it is, by Gauss-Legendre between fixed points (infinite tails
by tanh-sinh), and mu in closed form given tau. Stored are values to 17 digits.
"""
import json
import platform
import sys

import mpmath
from mpmath import mp, mpf, quad, exp, log, sqrt, pi, inf, erfc, gamma

mp.dps = 50
ROOT2 = sqrt(mpf(2))

DATA = {
    # Three of the BCG trials' log risk ratios, rounded; few studies.
    "three": ([-0.89, -1.59, -0.22], [0.33, 0.19, 0.05]),
    # Standardised mean differences that nearly agree.
    "agreeing": ([0.31, 0.42, 0.28, 0.35, 0.5, 0.2], [0.04, 0.06, 0.03, 0.09, 0.12, 0.05]),
    # And that do not.
    "differing": ([0.9, -0.2, 0.4, 1.3, 0.1, 0.75, 0.05, 0.6], [0.02, 0.03, 0.015, 0.06, 0.02, 0.05, 0.01, 0.04]),
    "one": ([0.5], [0.04]),
}
MEANS = {"flat": None, "normal": (0, 1), "shifted": (0.2, 0.5)}
TAUS = {
    "halfNormal": [0.5],
    "halfCauchy": [0.3],
    "uniform": [2],
    "logNormal": [-1.28, 0.87],
    "logStudentT": [-1.72, 1.295, 5],
}


def prior(kind, values):
    a = [mpf(repr(x)) for x in values]
    if kind == "halfNormal":
        return lambda t: sqrt(2 / pi) / a[0] * exp(-((t / a[0]) ** 2) / 2)
    if kind == "halfCauchy":
        return lambda t: 2 / (pi * a[0] * (1 + (t / a[0]) ** 2))
    if kind == "uniform":
        return lambda t: 1 / a[0] if t <= a[0] else mpf(0)
    if kind == "logNormal":
        return lambda t: exp(-(((log(t) - a[0]) / a[1]) ** 2) / 2) / (t * a[1] * sqrt(2 * pi))
    c = gamma((a[2] + 1) / 2) / gamma(a[2] / 2) / sqrt(a[2] * pi) / a[1]
    return lambda t: c * (1 + ((log(t) - a[0]) / a[1]) ** 2 / a[2]) ** (-(a[2] + 1) / 2) / t


def cdf(z):
    return erfc(-z / ROOT2) / 2


class Posterior:
    def __init__(self, y, v, mean, kind, values):
        self.y = [mpf(repr(x)) for x in y]
        self.v = [mpf(repr(x)) for x in v]
        self.mean = None if mean is None else [mpf(repr(x)) for x in mean]
        self.prior = prior(kind, values)
        self.kind, self.values = kind, values
        self.cache = {}
        self.densities = {}
        self.z = self.integral(lambda t: 1)
        self.zero = self.integral(lambda t: 1, zero=True)

    def given(self, t):
        """Likelihood, mean and variance of mu given tau, and likelihood at mu = 0."""
        if t in self.cache:
            return self.cache[t]
        k = len(self.y)
        w = [1 / (v + t * t) for v in self.v]
        total = sum(w)
        center = sum(a * b for a, b in zip(w, self.y)) / total
        q = sum(a * (b - center) ** 2 for a, b in zip(w, self.y))
        product = mpf(1)
        for a in w:
            product *= a
        base = sqrt(product) * exp(-q / 2) * sqrt(2 * pi / total) / (2 * pi) ** (mpf(k) / 2)
        if self.mean is None:
            m, s2, like = center, 1 / total, base
        else:
            m0, s0 = self.mean
            spread = 1 / total + s0**2
            like = base * exp(-((center - m0) ** 2) / spread / 2) / sqrt(2 * pi * spread)
            m = (total * center + m0 / s0**2) / (total + 1 / s0**2)
            s2 = 1 / (total + 1 / s0**2)
        zero = sqrt(product) * exp(-sum(a * b * b for a, b in zip(w, self.y)) / 2) / (2 * pi) ** (mpf(k) / 2)
        self.cache[t] = (like, m, s2, zero)
        return self.cache[t]

    def density(self, t, zero=False):
        if t not in self.densities:
            g, prior = self.given(t), self.prior(t)
            self.densities[t] = (g[0] * prior, g[3] * prior)
        return self.densities[t][1 if zero else 0]

    def integral(self, f, low=None, high=None, zero=False):
        """Of f(tau) times likelihood times prior. On ln tau for the log priors, whose densities are steep at 0."""
        top = mpf(repr(self.values[0])) if self.kind == "uniform" else inf
        high = top if high is None else min(high, top)
        if self.kind in ("logNormal", "logStudentT"):
            # ln tau = x; the tails of the log-t fall as a power of x, which tanh-sinh to infinity takes.
            end = inf if high == inf else log(high)
            points = [-inf] + [mpf(p) for p in (-8, -4, -2, -1, 0, 1, 3) if p < end] + [end]
            g = lambda x: f(exp(x)) * self.density(exp(x), zero) * exp(x)
            return quad(g, points)
        points = [mpf(0)] + [mpf(repr(p)) for p in (0.1, 0.2, 0.4, 0.7, 1.2, 2, 4, 12) if p < high] + [high]
        return quad(lambda t: f(t) * self.density(t, zero), points)

    def expect(self, f):
        return self.integral(f) / self.z

    def mean_cdf(self, x, new=False):
        def f(t):
            _, m, s2, _ = self.given(t)
            return cdf((x - m) / sqrt(s2 + t * t if new else s2))

        return self.expect(f)

    def tau_cdf(self, x):
        return self.integral(lambda t: 1, high=x) / self.z


def case(name, mean, kind, values):
    y, v = DATA[name]
    p = Posterior(y, v, MEANS[mean], kind, values)
    out = dict(data=name, mean=mean, kind=kind, values=values, logEvidence=log(p.z), logEvidenceOfZero=log(p.zero))
    # Moments that exist, by the tail of tau.
    order = (len(y) - 1 if mean == "flat" else len(y)) if kind in ("halfCauchy", "logStudentT") else 9
    out["meanMean"] = p.expect(lambda t: p.given(t)[1]) if mean != "flat" or order >= 1 else None
    if mean != "flat" or order >= 2:
        m2 = p.expect(lambda t: p.given(t)[1] ** 2 + p.given(t)[2])
        out["meanSD"] = sqrt(m2 - out["meanMean"] ** 2)
    else:
        out["meanSD"] = None
    out["tauMean"] = p.expect(lambda t: t) if order >= 1 else None
    out["tauSD"] = sqrt(p.expect(lambda t: t * t) - out["tauMean"] ** 2) if order >= 2 else None
    # Distribution functions at points; the quantiles of these probabilities are the points.
    out["meanAt"] = [p.mean_cdf(mpf(repr(x))) for x in MEAN_AT]
    out["newAt"] = [p.mean_cdf(mpf(repr(x)), new=True) for x in NEW_AT]
    out["tauAt"] = [p.tau_cdf(mpf(repr(x))) for x in TAU_AT]
    return out


MEAN_AT, NEW_AT, TAU_AT = [-0.4, 0.2, 0.7], [-0.5, 0.9], [0.1, 0.4]


def plain(x):
    if isinstance(x, mpf):
        return float(x)
    if isinstance(x, list):
        return [plain(v) for v in x]
    if isinstance(x, dict):
        return {k: plain(v) for k, v in x.items()}
    return x


def main():
    cases = []
    for name in DATA:
        for mean in MEANS:
            if mean == "shifted" and name != "differing":
                continue
            for kind, values in TAUS.items():
                cases.append(plain(case(name, mean, kind, values)))
                print(name, mean, kind, file=sys.stderr, flush=True)
    result = dict(
        versions=dict(python=platform.python_version(), mpmath=mpmath.__version__, digits=50),
        data=[dict(name=n, y=y, v=v) for n, (y, v) in DATA.items()],
        means={k: ([] if v is None else list(v)) for k, v in MEANS.items()},
        meanAt=MEAN_AT,
        newAt=NEW_AT,
        tauAt=TAU_AT,
        cases=cases,
    )
    with open("../../Tests/SynthesisTests/Reference/bayes.json", "w") as file:
        json.dump(result, file, indent=1)


main()
