#!/usr/bin/env python3
"""Noncentral F and intervals of a partial R², by sums of 30 digits in mpmath (a minute to run).

The values stand in Tests/StatisticsTests/NoncentralFTests.swift and Tests/PrimaryStudyTests/ExplainedVarianceTests.swift.
"""
from mpmath import betainc, exp, factorial, findroot, mp, mpf

mp.dps = 30


def below(f, q, df, noncentrality):
    """P(F <= f): beta distribution functions weighted by a Poisson distribution."""
    f, half = mpf(f), mpf(noncentrality) / 2
    x = q * f / (q * f + df)
    total, j = mpf(0), 0
    while True:
        weight = exp(-half) * half**j / factorial(j)
        total += weight * betainc(mpf(q) / 2 + j, mpf(df) / 2, 0, x, regularized=True)
        if j > half and weight < mpf(10) ** -28:
            return total
        j += 1


def bound(f, q, df, p):
    """The partial R² at which P(F <= f) is p (Smithson 2001); 0 where no noncentrality is that small."""
    if below(f, q, df, 0) < p:
        return mpf(0)
    noncentrality = findroot(
        lambda l: below(f, q, df, l) - p, (mpf(0), mpf(q * f * 4 + 20)), solver="bisect", tol=mpf(10) ** -30, maxsteps=150
    )
    return noncentrality / (noncentrality + q + df + 1)


for case in ((3.5, 2, 12, 5), (0.4, 3, 20, 30), (25, 2, 7, 100), (80, 2, 30, 150), (1, 1, 10, 0)):
    print(case, mp.nstr(below(*case), 15))
for f, q, df in ((3.5, 2, 12), (0.4, 3, 20), (25, 2, 7), (6.2, 4, 95), (0.01, 2, 10)):
    share = mpf(q) * f / (mpf(q) * f + df)
    print((f, q, df), *(mp.nstr(value, 15) for value in (share, bound(f, q, df, mpf("0.975")), bound(f, q, df, mpf("0.025")))))
