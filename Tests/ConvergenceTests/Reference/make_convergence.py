#!/usr/bin/env python3
"""ALE, MKDA, KDA and chi-square of a small made-up data set by their formulas, in numpy: what ReferenceTests compares with.

Written from the papers and NiMARE 0.22.1's documented binning, without NiMARE and without our own code; the same lines,
run over the 21 pain studies, reproduce NiMARE's maps (reference shelf, oracle/nimare/verify_spec.py).
    python3 make_convergence.py > convergence.json
"""
import json, math, sys
from statistics import NormalDist
import numpy as np

SHAPE = (24, 26, 22)
ORIGIN = (-22.0, -24.0, -20.0)  # mm of voxel 0 0 0; 2 mm voxels
I, J, K = np.meshgrid(*[np.arange(n) for n in SHAPE], indexing="ij")
INSIDE = ((I - 11.5) / 11) ** 2 + ((J - 12.5) / 12) ** 2 + ((K - 10.5) / 10) ** 2 <= 1
V = int(INSIDE.sum())
# Halves between voxels (odd mm) show the rounding to even; the last focus of "c" is outside the mask.
STUDIES = [
    ("a", 12, [(0, 0, 0), (5, -3, 8), (-11, 7, -2)]),
    ("b", 20, [(1, 1, -1), (4, -4, 9), (-12, 8, 0), (13, 2, -7)]),
    ("c", 33, [(-1, 0, 2), (20, 20, 18)]),
    ("d", 20, [(6, -2, 7), (-2, -15, -9)]),
    ("e", 9, [(2, 0, 0), (-10, 6, -4), (-9, 6, -5)]),
]

def voxels(foci):
    return [tuple(int(np.round((x - o) / 2)) for x, o in zip(f, ORIGIN)) for f in foci]

def fwhm(n):
    scale = math.sqrt(8 * math.log(2)) / (2 * math.sqrt(2 / math.pi))
    return math.hypot(5.7 * scale, 11.6 * scale / math.sqrt(n))

def gaussian(n):
    sigma = fwhm(n) / 2 / (2 * math.sqrt(2 * math.log(2)))
    r = int(4 * sigma + 0.5)
    w = np.exp(-0.5 / sigma**2 * np.arange(-r, r + 1) ** 2)
    w /= w.sum()
    g = w[:, None, None] * w[None, :, None] * w[None, None, :]
    keep = np.where((g > 2.0**-52).any(axis=(1, 2)))[0]
    return g[keep[0] : keep[-1] + 1, keep[0] : keep[-1] + 1, keep[0] : keep[-1] + 1].astype(np.float32)

def sphere(radius):
    n = int(radius // 2)
    a = np.arange(-n, n + 1) * 2.0
    return (np.sqrt(a[:, None, None] ** 2 + a[None, :, None] ** 2 + a[None, None, :] ** 2) <= radius).astype(np.float32)

def painted(foci, kernel, join):
    out, h = np.zeros(SHAPE, np.float32), kernel.shape[0] // 2
    for f in voxels(foci):
        for d in np.argwhere(kernel > 0):
            at = tuple(np.array(f) + d - h)
            if all(0 <= a < n for a, n in zip(at, SHAPE)):
                out[at] = join(out[at], kernel[tuple(d)])
    return out[INSIDE]

def nearest(x):
    return np.floor(x + 0.5).astype(int)

def tail(weights):
    t = np.cumsum(weights[::-1])[::-1]
    return t / t[0]

def p_of(stat, weights, inverse):
    t = tail(weights)
    k = np.minimum(nearest(stat.astype(float) * inverse), len(t) - 1)
    return np.where(stat > 0, np.maximum(t[k], t[t > 0].min()), 1.0)

def threshold(weights, step, p):
    return max(0, int(np.flatnonzero(tail(weights) <= p)[0]) - 1) * step

def summary(stat, p):
    order = np.lexsort((np.arange(V), -stat.astype(float)))
    z = [max(0.0, -NormalDist().inv_cdf(float(x))) if x < 1 else 0.0 for x in p]
    pick = sorted(set(order[:5].tolist() + list(range(0, V, V // 15))))
    ijk = np.argwhere(INSIDE)
    return {
        "sum": float(stat.astype(float).sum()), "max": float(stat.max()),
        "voxels": [{"ijk": ijk[v].tolist(), "stat": float(stat[v]), "p": float(p[v]), "z": z[v]} for v in pick],
    }

result = {"made_by": "make_convergence.py, numpy " + np.__version__, "mask_voxels": V,
          "fwhm": {str(n): fwhm(n) for n in (9, 12, 16, 20, 25, 32)},
          "studies": [{"id": i, "n": n, "foci": f} for i, n, f in STUDIES]}
# ALE
ma = [painted(f, gaussian(n), max) for _, n, f in STUDIES]
ale = (1 - np.exp(sum(np.log1p(-m.astype(float)) for m in ma))).astype(np.float32)
top = 1 - np.prod([1 - math.ceil(float(m.max()) * 1e5) / 1e5 for m in ma])
bins = int(math.ceil((top + 1.5e-5) * 1e5)) + 3
null = None
for m in ma:
    h = np.bincount(nearest(m[m > 0].astype(float) * (1 / 1e-5)), minlength=bins).astype(float)
    h[0] += (m == 0).sum()
    h /= V
    if null is None:
        null = h
        continue
    joined = np.zeros(bins)
    a = np.flatnonzero(null)
    for b in np.flatnonzero(h):
        np.add.at(joined, np.minimum(nearest((1 - (1 - b / 1e5) * (1 - a / 1e5)) * (1 / 1e-5)), bins - 1), null[a] * h[b])
    null = joined
result["ale"] = summary(ale, p_of(ale, null, 1 / 1e-5)) | {"threshold_p01": threshold(null, 1e-5, 0.01)}
# MKDA, KDA at 6 mm
near = [painted(f, sphere(6), lambda a, b: 1) for _, _, f in STUDIES]
mkda = sum(near)
null = np.array([1.0])
for m in near:
    null = np.convolve(null, [1 - m.astype(float).mean(), m.astype(float).mean()])
result["mkda"] = summary(mkda, p_of(mkda, null, 1.0)) | {"threshold_p01": threshold(null, 1, 0.01)}
count = [painted(f, sphere(6), lambda a, b: a + b) for _, _, f in STUDIES]
kda = sum(count)
null = np.array([1.0])
for m in count:
    null = np.convolve(null, np.bincount(m.astype(int)) / V)
result["kda"] = summary(kda, p_of(kda, null, 1.0)) | {"threshold_p01": threshold(null, 1, 0.01)}
# Chi-square: the first three against the last two
a, b, n1, n2 = sum(near[:3]).astype(float), sum(near[3:]).astype(float), 3, 2
uniformity = (a - a.mean()) ** 2 * n1 / (a.mean() * (n1 - a.mean()))
denominator = (a + b) * (n1 + n2 - a - b) * n1 * n2
association = np.where(denominator == 0, 2.0, (n1 + n2) * (a * n2 - b * n1) ** 2 / np.where(denominator == 0, 1, denominator))
result["chi2"] = {"uniformity_sum": float(uniformity.sum()), "uniformity_max": float(uniformity.max()),
                  "association_sum": float(association.sum()), "association_max": float(association.max())}
json.dump(result, sys.stdout, indent=1)
