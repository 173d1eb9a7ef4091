"""Figures for ImageBasedTests: image-based methods of NiMARE 0.22.1 and PyMARE 0.0.13.

    python make_images.py SHELF > images.json

`pain`: 16 of the 1,000 voxels of oracle/nimare/ibma_pain10x10x10 (NiMARE's outputs) with the studies' values there
(NiMARE's test data, 21 pain studies of NeuroVault collection 1425, MIT). The rest is computed here by PyMARE 0.0.13 (MIT;
numpy 2.4.6, scipy 1.17.1) from the numbers written out.
"""
import gzip, json, struct, sys, warnings
import numpy as np
import pymare
from pymare.estimators import (
    SampleSizeBasedLikelihoodEstimator, StoufferCombinationTest, FisherCombinationTest)
from pymare.stats import undo_centering_shrinkage

warnings.filterwarnings("ignore")
SHELF = sys.argv[1] + "/oracle/nimare/"


def nifti(path):
    raw = gzip.open(SHELF + path).read()
    shape = struct.unpack("<8h", raw[40:56])[1:4]
    code, = struct.unpack("<h", raw[70:72])
    offset, slope, shift = struct.unpack("<3f", raw[108:120])
    kind = {2: "u1", 4: "<i2", 8: "<i4", 16: "<f4", 64: "<f8", 512: "<u2"}[code]
    data = np.frombuffer(raw, kind, int(np.prod(shape)), int(offset)).astype(float)
    if slope not in (0, 1) and not np.isnan(slope):
        data = data * slope + shift
    return data


out = {"nimare": "0.22.1", "pymare": pymare.__version__, "numpy": np.__version__}

# Sixteen voxels, one missing studies, two where likelihoods have several maxima.
voxels = [0, 3, 25, 31, 63, 127, 190, 202, 220, 255, 358, 500, 527, 640, 769, 923]
listed = json.load(open(SHELF + "inputs/test_pain_dataset.json"))
pain = {"voxels": voxels, "studies": [], "maps": {}}
for name in sorted(listed):
    contrast = listed[name]["contrasts"]["1"]
    if not contrast.get("images"):
        continue
    study = {"n": contrast["metadata"]["sample_sizes"][0]}
    for quantity, word in (("effect", "beta"), ("variance", "varcope"), ("t", "t"), ("z", "z")):
        if word in contrast["images"]:
            data = nifti("inputs/test_pain_dataset/" + contrast["images"][word])
            study[quantity] = [float(np.float32(data[v])) for v in voxels]
    pain["studies"].append(study)
for name in ("WeightedLeastSquares", "FixedEffectsHedges", "DerSimonianLaird", "DerSimonianLaird-wald", "Hedges",
             "Stouffers", "Stouffers-n", "Fishers", "PermutedOLS"):
    for value in ("z", "p", "est", "se", "tau2", "dof", "t"):
        try:
            data = nifti(f"ibma_pain10x10x10/{name}_{value}.nii.gz")
        except FileNotFoundError:
            continue
        pain["maps"][f"{name}_{value}"] = [float(np.float32(data[v])) for v in voxels]
out["pain"] = pain

rng = np.random.default_rng(20261121)
cases = []
for k, tau, sigma in ((6, 0.3, 1.0), (12, 0.0, 1.5), (20, 0.5, 1.0), (9, 1.0, 0.2), (15, 0.1, 2.0)):
    n = rng.integers(8, 60, k).astype(float)
    y = 0.4 + tau * rng.standard_normal(k) + sigma / np.sqrt(n) * rng.standard_normal(k)
    y = y.astype(np.float32).astype(float)
    for method in ("ml", "reml"):
        fit = SampleSizeBasedLikelihoodEstimator(method=method).fit(y[:, None], n[:, None], np.ones((k, 1)))
        summary = fit.summary()
        fe = summary.get_fe_stats()
        cases.append({
            "n": n.tolist(), "y": y.tolist(), "method": method, "est": float(fe["est"][0, 0]), "se": float(fe["se"][0, 0]),
            "p": float(fe["p"][0, 0]), "tau2": float(np.ravel(fit.params_["tau2"])[0]),
            "sigma2": float(np.ravel(fit.params_["sigma2"])[0])})
out["sampleSize"] = cases

# Combined tests with images of one sample: groups, their null correlation given.
groups = [0, 0, 0, 1, 2, 2, 3, 4, 5]
k = len(groups)
corr = np.eye(k)
for i in range(k):
    for j in range(k):
        if i != j and groups[i] == groups[j]:
            corr[i, j] = 0.6 if groups[i] == 0 else 0.25
z = (rng.standard_normal((k, 8)) + 0.6).astype(np.float32).astype(float)
weights = np.array([20, 20, 20, 15, 30, 30, 12, 44, 9.0])
combined = {"groups": groups, "correlation": corr.tolist(), "z": z.tolist(), "n": weights.tolist(), "results": {}}
for name, test, w in (
        ("stouffers", StoufferCombinationTest("concordant", group_level=True), np.ones(k)),
        ("stouffers-n", StoufferCombinationTest("concordant", group_level=True), np.sqrt(weights)),
        ("fishers", FisherCombinationTest("concordant"), None),
        ("fishers-n", FisherCombinationTest("concordant"), weights)):
    test.fit(z, g=np.array(groups), corr=corr, w=None if w is None else (w[:, None] if "stouffers" in name else w))
    combined["results"][name] = {"z": np.ravel(test.params_["z"]).tolist(), "p": np.ravel(test.params_["p"]).tolist()}
out["combined"] = combined

observed = np.full((k, k), -0.08)
for i in range(k):
    for j in range(k):
        if i == j:
            observed[i, j] = 1
        elif groups[i] == groups[j]:
            observed[i, j] = 0.45 + 0.05 * ((i + j) % 3) if groups[i] == 0 else 0.12
corrected = undo_centering_shrinkage(observed, np.array(groups))
out["centring"] = {"observed": observed.tolist(), "corrected": corrected.tolist()}
# Tails far out, to 30 digits by mpmath: ln P(T > t), and the normal score of that tail.
import mpmath as mp
mp.mp.dps = 50
tails = []
for df in (1, 2, 5, 11, 19, 24.5, 120):
    for t in (1e-6, 0.3, 1.5, 4.0, 12.0, 60.0, 1000.0):
        x = mp.mpf(df) / (mp.mpf(df) + mp.mpf(t) ** 2)
        tail = mp.betainc(mp.mpf(df) / 2, mp.mpf(1) / 2, 0, x, regularized=True) / 2
        log = mp.log(tail)
        start = mp.mpf(t) if t < 4 else mp.sqrt(max(mp.mpf(1), -2 * log - mp.log(-4 * mp.pi * log)))
        z = mp.findroot(lambda z: mp.log(mp.erfc(z / mp.sqrt(2)) / 2) - log, start)
        tails.append({"df": df, "t": t, "logTail": float(log), "z": float(z)})
out["tails"] = tails
json.dump(out, sys.stdout, indent=None, separators=(",", ":"))
