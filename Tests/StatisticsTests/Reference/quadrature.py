"""Writes quadrature.json: probabilities and Bayes factors by brute-force integration in 70 digits, and scipy's
combination tests. Run it here: pip install mpmath scipy && python3 quadrature.py"""
import json

import mpmath as mp
import numpy as np
import scipy
from scipy import stats

mp.mp.dps = 70  # the smallest numbers are 1e-56


def phi(x):
    return mp.npdf(x)


def Phi(x):
    return mp.erfc(-x / mp.sqrt(2)) / 2


def noncentral_t(t, df, delta):
    """P(T <= t) as the mean of Phi(t s - delta) over s = sqrt(chi2/df)."""
    t, df, delta = mp.mpf(t), mp.mpf(df), mp.mpf(delta)
    norm = 2 * (df / 2) ** (df / 2) / mp.gamma(df / 2)
    f = lambda s: norm * s ** (df - 1) * mp.exp(-df * s * s / 2) * Phi(t * s - delta)
    width = 1 / mp.sqrt(2 * df)
    marks = sorted({mp.mpf(0)} | {max(mp.mpf(0), 1 + k * width) for k in range(-12, 41, 2)}
                   | ({x for k in range(-8, 9) if (x := (delta + k) / t) > 0} if t != 0 else set()))
    return mp.quad(f, marks)


def directed(y, s, scale, mean):
    y, s, scale, mean = map(mp.mpf, (y, s, scale, mean))
    norm = Phi(mean / scale)

    def marginal(y):
        f = lambda x: phi((y - x) / s) / s * phi((x - mean) / scale) / scale / norm
        return mp.quad(f, [0] + [mp.mpf(k) / 4 for k in range(1, 33)] + [20])

    null = phi(y / s) / s
    plus, minus = marginal(y) / null, marginal(-y) / null
    return [plus, minus, plus / minus, (plus + minus) / 2]


def retrodesign(theta, s, alpha):
    theta, s = mp.mpf(theta), mp.mpf(s)
    c = mp.sqrt(2) * mp.erfinv(1 - mp.mpf(alpha))
    density = lambda x: phi((x - theta) / s) / s
    far = abs(theta) + 30 * s
    above = lambda f: mp.quad(f, [c * s + k * (far - c * s) / 20 for k in range(21)])
    right, wrong = above(density), above(lambda x: density(-x))
    size = above(lambda x: x * (density(x) + density(-x)))
    return [right + wrong, wrong / (right + wrong), size / (right + wrong) / theta]


def overlap(d):
    d = mp.mpf(d)
    low = mp.quad(lambda x: mp.npdf(x, d, 1), [-20, -5, 0, d / 2])
    high = mp.quad(lambda x: mp.npdf(x, 0, 1), [d / 2, d, d + 5, 20])
    return low + high


z = [2.1, -0.3, 1.4, 0.8, 3.0]
n = [12, 30, 18, 9, 40]
p = stats.norm.sf(z)
out = {
    "source": f"mpmath {mp.__version__} at 70 digits, scipy {scipy.__version__}, numpy {np.__version__}: quadrature.py",
    "noncentralT": [
        {"t": t, "df": df, "delta": delta, "cdf": float(noncentral_t(t, df, delta)),
         "upper": float(noncentral_t(-t, df, -delta))}
        for df in (1, 2.5, 9, 19, 200) for delta in (0, 0.5, 3, 12) for t in (-4, 0, 2.1, 9)
    ],
    "bayes": [
        {"estimate": y, "error": s, "scale": scale, "mean": mean, "factors": [float(v) for v in directed(y, s, scale, mean)]}
        for y, s in ((0.3, 0.1), (0.02, 0.08), (-0.4, 0.15)) for scale, mean in ((0.5, 0), (0.2, 0), (0.3, 0.4))
    ],
    "retrodesign": [
        {"theta": theta, "error": s, "alpha": alpha, "values": [float(v) for v in retrodesign(theta, s, alpha)]}
        for theta, s in ((0.1, 3.28), (2, 8.1), (0.5, 0.2)) for alpha in (0.05, 0.001)
    ],
    "overlap": [{"d": d, "value": float(overlap(d))} for d in (0.2, 0.5, 0.8, 2)],
    "combination": {
        "z": z, "weights": [float(np.sqrt(v)) for v in n],
        "fisher": [float(v) for v in stats.combine_pvalues(p, "fisher")],
        "stouffer": [float(v) for v in stats.combine_pvalues(p, "stouffer")],
        "weighted": [float(v) for v in stats.combine_pvalues(p, "stouffer", weights=np.sqrt(n))],
    },
}
with open("quadrature.json", "w") as file:
    json.dump(out, file, indent=1)
