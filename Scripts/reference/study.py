"""Reference values of Tests/PrimaryStudyTests: nilearn's permuted_ols with prescribed flips and orders, scipy, numpy.

Run: python3 Scripts/reference/study.py  (writes Tests/PrimaryStudyTests/Reference/study.json)
"""
import itertools
import json
import os
import sys

import nibabel as nib
import nilearn
import nilearn.mass_univariate.permuted_least_squares as pls
import numpy as np
import scipy
from nilearn.maskers import NiftiMasker
from nilearn.mass_univariate import permuted_ols
from scipy import integrate, ndimage, optimize, stats

OUT = os.path.join(os.path.dirname(__file__), "../../Tests/PrimaryStudyTests/Reference/study.json")
rng = np.random.default_rng(20261130)


class Prescribed:
    """In place of nilearn's random state: the flips or orders we want, one after the other.

    nilearn applies each to what the last one left; so the step from one to the next is handed out.
    """

    def __init__(self, wanted):
        self.steps = iter(wanted)

    def randint(self, low, high=None, size=None):
        if size is None or isinstance(size, int):
            return np.ones(size or 1, dtype=int)
        return (next(self.steps).reshape(size) + 1) // 2

    def permutation(self, n):
        return next(self.steps)


def flips_in_steps(flips):
    last = np.ones(flips.shape[1], dtype=int)
    for flip in flips:
        yield flip * last
        last = flip


def orders_in_steps(orders):
    last = np.arange(orders.shape[1])
    for order in orders:
        # last[step] must be the wanted order.
        inverse = np.argsort(last)
        yield inverse[order]
        last = order


def with_prescribed(steps, **arguments):
    held = pls.check_random_state
    state = Prescribed(steps)
    pls.check_random_state = lambda _: state
    try:
        return permuted_ols(n_jobs=1, random_state=0, verbose=0, output_type="dict", **arguments)
    finally:
        pls.check_random_state = held


shape = (11, 12, 10)
grid = np.indices(shape)
inside = sum(((grid[a] - (shape[a] - 1) / 2) / (shape[a] / 2 - 0.6)) ** 2 for a in range(3)) < 1
affine = np.diag([4.0, 4.0, 4.0, 1.0])
mask_img = nib.Nifti1Image(inside.astype(np.int8), affine)
masker = NiftiMasker(mask_img).fit()


def smooth_maps(n, fwhm=8.0):
    sigma = fwhm / 4 / np.sqrt(8 * np.log(2))
    maps = [ndimage.gaussian_filter(rng.standard_normal(shape), sigma) for _ in range(n)]
    maps = np.array([m / m.std() for m in maps])
    maps[:, 3:6, 4:7, 3:6] += 1.2
    # First index fastest, as Cuneus keeps it; rounded so that both read the same numbers.
    return np.round(maps, 4)


def to_nilearn(maps):
    return masker.transform(nib.Nifti1Image(np.moveaxis(maps, 0, -1), affine)).astype(float)


def ours(maps):
    keep = np.flatnonzero(inside.ravel(order="F"))
    return [m.ravel(order="F")[keep].tolist() for m in maps]


def back(row):
    return masker.inverse_transform(row).get_fdata().ravel(order="F")[np.flatnonzero(inside.ravel(order="F"))]


def outputs(result, upper):
    """Of the two-sided run, but TFCE of the upper tail: nilearn steps both tails by the larger one's height, Cuneus each by its own."""
    return {
        "maxT": result["h0_max_t"][0].tolist(),
        "maxTFCE": upper["h0_max_tfce"][0].tolist(),
        "maxSize": result["h0_max_size"][0].tolist(),
        "maxMass": result["h0_max_mass"][0].tolist(),
        "t": np.round(back(result["t"][0]), 10).tolist(),
        "voxelP": np.round(10.0 ** -back(result["logp_max_t"][0]), 10).tolist(),
        "tfceP": np.round(10.0 ** -back(upper["logp_max_tfce"][0]), 10).tolist(),
        "sizeP": np.round(10.0 ** -back(result["logp_max_size"][0]), 10).tolist(),
        "massP": np.round(10.0 ** -back(result["logp_max_mass"][0]), 10).tolist(),
    }


cases = {}
# One sample of 7: all 2^7 flips.
n = 7
maps = smooth_maps(n)
flips = np.array([[-1 if k >> i & 1 else 1 for i in range(n)] for k in range(1, 2**n)])
result, upper = (
    with_prescribed(
        flips_in_steps(flips), tested_vars=np.ones((n, 1)), target_vars=to_nilearn(maps), model_intercept=False,
        n_perm=2**n - 1, two_sided_test=both, masker=masker, tfce=True, threshold=0.01)
    for both in (True, False))
cases["oneSample"] = {"maps": ours(maps), "flips": (flips < 0).tolist(), **outputs(result, upper)}

# Two groups of 3 and 4, a covariate: 40 given orders, Freedman-Lane.
n = 7
maps = smooth_maps(n)
score = np.array([1.0, 1, 1, 0, 0, 0, 0])
age = np.array([31.0, 44, 25, 38, 52, 29, 41])
orders = np.array([rng.permutation(n) for _ in range(40)])
result, upper = (
    with_prescribed(
        orders_in_steps(orders), tested_vars=score[:, None], target_vars=to_nilearn(maps),
        confounding_vars=age[:, None], model_intercept=True, n_perm=len(orders), two_sided_test=both, masker=masker,
        tfce=True, threshold=0.01)
    for both in (True, False))
# nilearn moves the design's rows and we the data's: the inverse order.
cases["regression"] = {
    "maps": ours(maps), "score": score.tolist(), "age": age.tolist(),
    "orders": [np.argsort(o).tolist() for o in orders], **outputs(result, upper)}

# Statistics of one place.
def design_fit(y, x, c):
    x, c = np.asarray(x, float), np.atleast_2d(np.asarray(c, float))
    b, *_ = np.linalg.lstsq(x, y, rcond=None)
    r = y - x @ b
    df = len(y) - x.shape[1]
    s2 = r @ r / df
    g = c @ np.linalg.inv(x.T @ x) @ c.T
    if len(c) == 1:
        return float((c @ b)[0] / np.sqrt(s2 * g[0, 0])), df
    return float((c @ b) @ np.linalg.inv(g) @ (c @ b) / len(c) / s2), df


def g_statistic(y, x, c, groups):
    """Winkler et al. 2014, eqs. 4 and 5, with whole matrices."""
    x, c = np.asarray(x, float), np.atleast_2d(np.asarray(c, float))
    b, *_ = np.linalg.lstsq(x, y, rcond=None)
    h = x @ np.linalg.inv(x.T @ x) @ x.T
    r = y - h @ y
    d = 1 - np.diag(h)
    w = np.zeros(len(y))
    for g in set(groups):
        k = np.array(groups) == g
        w[k] = d[k].sum() / (r[k] @ r[k])
    inner = c @ np.linalg.inv(x.T @ np.diag(w) @ x) @ c.T
    s = len(c)
    lam = 1 + 2 * (s - 1) / (s * (s + 2)) * sum(
        (1 / d[np.array(groups) == g].sum()) * (1 - w[np.array(groups) == g].sum() / w.sum()) ** 2 for g in set(groups))
    value = (c @ b) @ np.linalg.inv(inner) @ (c @ b) / (lam * s)
    return float(np.sign((c @ b)[0]) * np.sqrt(value)) if s == 1 else float(value)


y = np.round(rng.standard_normal(13) * np.repeat([0.5, 1.0, 2.5], [4, 4, 5]) + np.repeat([0, 0.7, 1.5], [4, 4, 5]), 4)
label = np.repeat([0, 1, 2], [4, 4, 5])
x3 = np.column_stack([np.ones(13), label == 1, label == 2]).astype(float)
two = label != 2
welch = stats.ttest_ind(y[label == 0], y[label == 1], equal_var=False)
means, variances, counts = zip(*[(y[label == k].mean(), y[label == k].var(ddof=1), (label == k).sum()) for k in range(3)])
weights = np.array(counts) / np.array(variances)
grand = (weights * means).sum() / weights.sum()
k = 3
lam = ((1 - weights / weights.sum()) ** 2 / (np.array(counts) - 1)).sum()
welch_f = ((weights * (np.array(means) - grand) ** 2).sum() / (k - 1)) / (1 + 2 * (k - 2) / (k**2 - 1) * lam)
covariate = np.round(rng.standard_normal(13), 3)
xc = np.column_stack([x3, covariate - covariate.mean()])
f3, _ = design_fit(y, x3, [[0, 1, 0], [0, 0, 1]])
places = {
    "y": y.tolist(), "label": label.tolist(), "covariate": covariate.tolist(),
    "f": f3, "fScipy": float(stats.f_oneway(*[y[label == k] for k in range(3)]).statistic),
    "welchT": float(welch.statistic), "welchF": float(welch_f), "g": g_statistic(y, x3, [[0, 1, 0], [0, 0, 1]], label),
    "gCovariate": g_statistic(y, xc, [[0, 1, 0, 0], [0, 0, 1, 0]], label),
    "vCovariate": g_statistic(y, xc, [[0, 0, 1, 0]], label),
    "tCovariate": design_fit(y, xc, [[0, 0, 1, 0]])[0],
}

# Effects and intervals.
first = np.round(rng.normal(10, 2, 10), 3)
second = np.round(first * 0.6 + rng.normal(5, 1.5, 10), 3)
change = second - first
dz = change.mean() / change.std(ddof=1)
t = dz * np.sqrt(10)
interval = [
    optimize.brentq(lambda d: stats.nct.cdf(t, 9, d) - p, t - 10, t + 10) / np.sqrt(10) for p in (0.975, 0.025)]
score10 = np.round(0.5 * change + rng.normal(0, 1.5, 10), 3)


def statistic(*a, axis=-1):
    v = np.asarray(a[0])
    return v.mean(axis=axis) / v.std(ddof=1, axis=axis)


bca = stats.bootstrap((change,), statistic, n_resamples=100_000, method="BCa", random_state=1, vectorized=True)
bca_r = stats.bootstrap(
    (change, score10), lambda a, b: np.corrcoef(a, b)[0, 1], paired=True, n_resamples=20_000, method="BCa",
    random_state=1, vectorized=False)
effects = {
    "first": first.tolist(), "second": second.tolist(), "score": score10.tolist(), "dz": float(dz),
    "dav": float(change.mean() / np.sqrt((first.var(ddof=1) + second.var(ddof=1)) / 2)),
    "r": float(np.corrcoef(first, second)[0, 1]), "dzInterval": interval,
    "bca": [float(bca.confidence_interval.low), float(bca.confidence_interval.high)],
    "rChange": float(np.corrcoef(change, score10)[0, 1]),
    "bcaR": [float(bca_r.confidence_interval.low), float(bca_r.confidence_interval.high)],
}

# Type S and type M of a t test.
errors = []
for n_, d_, critical in [(10, 0.3, stats.t.isf(0.025, 9)), (10, 0.8, 6.5), (20, 0.5, stats.t.isf(0.025, 19)), (10, 0.5, 8.0)]:
    delta = d_ * np.sqrt(n_)
    nct = stats.nct(n_ - 1, delta)
    right, wrong = nct.sf(critical), nct.cdf(-critical)
    size = integrate.quad(lambda x: x * nct.pdf(x), critical, np.inf, limit=500)[0] - integrate.quad(
        lambda x: x * nct.pdf(x), -np.inf, -critical, limit=500)[0]
    errors.append({"n": n_, "d": d_, "critical": float(critical), "power": float(right + wrong),
                   "wrongSign": float(wrong / (right + wrong)), "exaggeration": float(size / (right + wrong) / delta)})

with open(OUT, "w") as file:
    json.dump({
        "versions": {"nilearn": nilearn.__version__, "numpy": np.__version__, "scipy": scipy.__version__,
                     "python": sys.version.split()[0]},
        "shape": list(shape), "spacing": 4.0, "inside": np.flatnonzero(inside.ravel(order="F")).tolist(),
        "cases": cases, "places": places, "effects": effects, "errors": errors}, file)
print(os.path.getsize(OUT), {k: len(v["maps"][0]) for k, v in cases.items()})
print(places, effects, errors, sep="\n")
