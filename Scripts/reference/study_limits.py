#!/usr/bin/env python3
"""Power, type M, type S and people needed of a paired study of ten, by scipy's noncentral t (scipy 1.17.1, seconds to run).

The values stand in Tests/ReportingTests/Study/StudyLimitsTests.swift.
"""
import numpy as np
from scipy import integrate, stats

PEOPLE = 10
critical = stats.t.ppf(0.975, PEOPLE - 1)
for d in (0.2, 0.5, 0.8):
    t = stats.nct(PEOPLE - 1, d * np.sqrt(PEOPLE))
    power = t.sf(critical) + t.cdf(-critical)
    size = (
        integrate.quad(lambda x: x * t.pdf(x), critical, 200, limit=200)[0]
        + integrate.quad(lambda x: -x * t.pdf(x), -200, -critical, limit=200)[0]
    )

    def power_of(n):
        needed, other = stats.t.ppf(0.975, n - 1), stats.nct(n - 1, d * np.sqrt(n))
        return other.sf(needed) + other.cdf(-needed)

    people = 2
    while power_of(people) < 0.8:
        people += 1
    print(d, power, size / power / np.sqrt(PEOPLE) / d, t.cdf(-critical) / power, people)
