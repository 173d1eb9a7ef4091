"""Adds Bayes factors to the pooled effects of claims.R: half-normal priors on either side against no effect, by quadrature in
50 digits (mpmath). python3 claims.py pooled.json > claims.json"""
import json
import sys

import mpmath as mp

mp.mp.dps = 50


def over_null(y, s, scale):
    y, s, scale = map(mp.mpf, (y, s, scale))
    f = lambda x: mp.npdf((y - x) / s) / s * 2 * mp.npdf(x / scale) / scale
    marks = sorted({mp.mpf(0)} | {max(mp.mpf(0), y + k * s) for k in range(-8, 9)} | {k * scale for k in (1, 2, 4, 8)})
    return mp.quad(f, marks + [mp.mpf(40) * max(scale, s)]) / (mp.npdf(y / s) / s)


cases = json.load(open(sys.argv[1]))
for case in cases:
    case["scales"] = [0.25, 0.5, 1.0]
    case["increaseOverNull"] = [float(over_null(case["effect"], case["se"], s)) for s in case["scales"]]
    case["decreaseOverNull"] = [float(over_null(-case["effect"], case["se"], s)) for s in case["scales"]]
json.dump(cases, sys.stdout, indent=1)
print()
