"""Posteriors of a mean effect and tau by adaptive quadrature, for PosteriorReferenceTests.

Independent of the Swift code: scipy's log_ndtr, and for every study its own arithmetic. The integrals over the mean (for
each tau, split at every bound) and over tau are Gauss-Legendre on panels that are halved until mean, SD, E tau,
P(mean > 0) and the quantiles change by less than 1e-10.

    python3 posterior_reference.py > posterior_reference.json

Made with numpy 2.4.6 and scipy 1.17.1.
"""

import json

import numpy as np
from scipy.optimize import brentq
from scipy.special import gammaln, log_ndtr, logsumexp

PRIOR_MEAN, PRIOR_TAU = 0.5, 0.3
RATIOS = np.array([1.10, 1.22, 1.49, 2.07, 2.86])
WEIGHTS = np.array([0.175, 0.2, 0.25, 0.2, 0.175])


def scale(n):
    df = n - 1
    j = np.exp(gammaln(df / 2) - 0.5 * np.log(df / 2) - gammaln((df - 1) / 2))
    return j, 1 / n, 1 - (df - 2) / (df * j * j)


def effect(n, t):
    return scale(n)[0] * t / np.sqrt(n)


def interval(low, high, n, mu, tau):
    _, c, k = scale(n)
    s_low, s_high = np.sqrt(c + k * low**2 + tau**2), np.sqrt(c + k * high**2 + tau**2)
    if high - low < 1e-6:
        return -np.log(s_low) - 0.5 * ((low - mu) / s_low) ** 2
    a, b = (low - mu) / s_low, (high - mu) / s_high
    b = np.where(mu < low, a + (high - low) / s_high, b)
    a = np.where(mu > high, b - (high - low) / s_low, a)
    flip = a + b > 0
    a, b = np.where(flip, -b, a), np.where(flip, -a, b)
    upper = log_ndtr(b)
    return upper + np.log(-np.expm1(log_ndtr(a) - upper))


def loglik(study, mu, tau):
    n = study["n"]
    parts = [
        np.log(w) + interval(lo, hi, n, mu, tau) for w, (lo, hi) in zip(study["weights"], study["bounds"])
    ]
    return logsumexp(parts, axis=0)


def silent(n, t=3.3):
    b = effect(n, t)
    return {"n": n, "bounds": [[-b, b]], "weights": [1.0], "threshold": b, "centre": 0.0, "slope": 0.0, "half": b}


def peak(n, w, sign=None, g=None, t=3.3):
    b = effect(n, t)
    half = b * (1 - w)
    if g is not None:
        return {
            "n": n, "threshold": b, "centre": w * g, "slope": 0.0, "half": half,
            "bounds": [[w * g - half, w * g + half]], "weights": [1.0],
        }  # fmt: skip
    return {
        "n": n, "threshold": b, "centre": 0.0, "slope": sign * w * b, "half": half,
        "bounds": [[sign * w * r * b - half, sign * w * r * b + half] for r in RATIOS], "weights": WEIGHTS.tolist(),
    }  # fmt: skip


def image(n, g):
    return {"n": n, "bounds": [[g, g]], "weights": [1.0], "threshold": None, "centre": g, "slope": 0.0, "half": 0.0}


def gauss(edges, widest):
    x, w = np.polynomial.legendre.leggauss(12)
    nodes, weights = [], []
    for a, b in zip(edges, edges[1:]):
        if b - a < 1e-13:
            continue
        pieces = int(np.ceil((b - a) / widest))
        for p in range(pieces):
            lo, hi = a + (b - a) * p / pieces, a + (b - a) * (p + 1) / pieces
            nodes.append(0.5 * (lo + hi) + 0.5 * (hi - lo) * x)
            weights.append(0.5 * (hi - lo) * w)
    return np.concatenate(nodes), np.concatenate(weights)


def once(studies, widest, quantiles):
    bounds = [x for s in studies for pair in s["bounds"] for x in pair]
    reach = max(3.5, max(abs(x) for x in bounds) + 1)
    edges = sorted([-reach, 0, reach] + bounds)
    tau, tw = gauss([0, 0.3, 2.4], widest)

    def mass(mu, mw):
        log = -0.5 * (mu[:, None] / PRIOR_MEAN) ** 2 - 0.5 * (tau[None, :] / PRIOR_TAU) ** 2
        for s in studies:
            log = log + loglik(s, mu[:, None], tau[None, :])
        return log, mw[:, None] * tw[None, :]

    mu, mw = gauss(edges, widest)
    log, w = mass(mu, mw)
    top = log.max()
    p = np.exp(log - top) * w
    z = p.sum()
    by_mu = p.sum(1) / z
    mean = by_mu @ mu
    sd = np.sqrt(by_mu @ (mu - mean) ** 2)
    out = {"g": mean, "se": sd, "tau": (p.sum(0) @ tau) / z, "above": by_mu[mu > 0].sum()}
    if quantiles:

        def cdf(x):
            m, ww = gauss(sorted([e for e in edges if e < x] + [x]), widest)
            l2, w2 = mass(m, ww)
            return (np.exp(l2 - top) * w2).sum() / z

        out["quantiles"] = [
            brentq(lambda x, p=p: cdf(x) - p, mean - 7 * sd, mean + 7 * sd, xtol=1e-9) for p in (0.025, 0.975)
        ]
    return out


def posterior(studies):
    widest, last = 0.1, None
    while True:
        now = once(studies, widest, False)
        if last and max(abs(now[k] - last[k]) for k in now) < 1e-10:
            return once(studies, widest * 2, True)
        last, widest = now, widest / 2


rng = np.random.default_rng(11)


def sizes(k, low=12, high=60):
    return [int(n) for n in rng.integers(low, high, k)]


def cases():
    yield "one sign", [peak(20, 0.6, 1)]
    yield "five silent", [silent(n) for n in sizes(5)]
    yield "twenty silent", [silent(n) for n in sizes(20)]
    yield "signs among silent", [silent(n) for n in sizes(12)] + [
        peak(n, rng.uniform(0.05, 0.9), 1) for n in sizes(8)
    ]
    yield "opposite signs", [silent(n) for n in sizes(6)] + [
        peak(n, rng.uniform(0.05, 0.9), int(rng.choice([-1, 1]))) for n in sizes(8)
    ]
    yield "heights and cores", (
        [silent(n) for n in sizes(10)]
        + [peak(n, rng.uniform(0.05, 0.95), g=effect(n, 3.3) * rng.uniform(1, 2.5)) for n in sizes(6)]
        + [peak(n, 1.0, 1) for n in sizes(2)]
        + [image(n, 0.7) for n in sizes(1)]
    )
    yield "five maps", [image(n, 0.4 + 0.25 * rng.normal()) for n in sizes(5)]
    yield "two maps and tables", (
        [image(n, 0.4 + 0.25 * rng.normal()) for n in sizes(2)]
        + [silent(n) for n in sizes(5)]
        + [peak(n, 0.4, 1) for n in sizes(3)]
    )
    yield "twenty maps", [image(n, 0.4 + 0.25 * rng.normal()) for n in sizes(20)]
    yield "fifty large maps", [image(n, 0.2 + 0.1 * rng.normal()) for n in sizes(50, 60, 200)]
    yield "large silent studies", [silent(n) for n in sizes(20, 100, 400)]
    yield "far apart", [image(n, 0.9 * rng.normal()) for n in sizes(6)] + [silent(n) for n in sizes(6)]
    yield "narrow and far", [peak(25, 0.995, g=1.9), peak(40, 0.97, -1), silent(30)]


def main():
    result = []
    for name, studies in cases():
        points = [(-1.2, 0.0), (-0.3, 0.1), (0.0, 0.0), (0.25, 0.3), (0.8, 0.05), (2.0, 0.6)]
        for s in studies:
            s["points"] = [float(loglik(s, np.array(mu), np.array(tau))) for mu, tau in points]
        result.append({"name": name, "studies": studies, **{k: v for k, v in posterior(studies).items()}})
    print(json.dumps({"points": points, "cases": result}, indent=1, default=float))


main()
