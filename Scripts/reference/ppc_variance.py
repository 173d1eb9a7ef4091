"""Whether the variance of PPC (Docs/effect-measures.md) is that of the effect: studies simulated with known correlation.

    python3 Scripts/reference/ppc_variance.py

Prints for each design the mean of g, its variance over the studies, the mean of the variance that each study reckons, and
Morris's (2008) equation 25 at the true effect. The first three are in the page.
"""
from math import exp, lgamma, log, sqrt

import numpy as np

STUDIES = 200_000


def correction(df):
    return exp(lgamma(df / 2) - 0.5 * log(df / 2) - lgamma((df - 1) / 2))


def arm(random, n, r, shift):
    before = random.standard_normal((STUDIES, n))
    after = r * before + sqrt(1 - r * r) * random.standard_normal((STUDIES, n)) + shift
    return before, after


def main():
    random = np.random.default_rng(1)
    for n1, n2, r, effect in [(20, 20, 0.5, 0.5), (10, 12, 0.7, 0.8), (50, 40, 0.3, 0.3), (15, 30, 0.8, 0.0)]:
        a, b = arm(random, n1, r, effect), arm(random, n2, r, 0)
        df = n1 + n2 - 2
        pooled = np.sqrt(((n1 - 1) * a[0].var(1, ddof=1) + (n2 - 1) * b[0].var(1, ddof=1)) / df)
        g = correction(df) * ((a[1] - a[0]).mean(1) - (b[1] - b[0]).mean(1)) / pooled
        reckoned = 2 * (1 - r) * (1 / n1 + 1 / n2) + g**2 / (2 * (n1 + n2))
        harmonic = n1 * n2 / (n1 + n2)
        morris = (2 * correction(df) ** 2 * (1 - r) / harmonic * df / (df - 2)
                  * (1 + effect**2 * harmonic / (2 * (1 - r))) - effect**2)
        print(n1, n2, r, effect, *(f"{x:.5f}" for x in (g.mean(), g.var(), reckoned.mean(), morris)))


if __name__ == "__main__":
    main()
