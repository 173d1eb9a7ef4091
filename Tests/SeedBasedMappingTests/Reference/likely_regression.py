#!/usr/bin/env python3
"""Most likely coefficients of interval effects, the slow way: numpy and scipy on the likelihood as written down in
Docs/most-likely-effect.md, sharing no code with Cuneus. Writes likely_regression.json beside itself.

    python3 Tests/SeedBasedMappingTests/Reference/likely_regression.py

Step 1 maximises with tau2 = 0 by BFGS with numerical gradients, polished by Nelder-Mead (which minds no kinks) and by
Newton's method on central differences. Leave-out is brute force: every experiment that may go is taken out in turn. Step 2 is a fine grid over tau2 and
a bounded scalar search.
"""
import json
import pathlib

import numpy as np
import scipy
from scipy.optimize import minimize, minimize_scalar
from scipy.special import gammaln, log_ndtr, ndtr


def scale(n):
    """Constant and quadratic part of the variance of g of a one-sample contrast, and g per t."""
    df = n - 1
    j = np.exp(gammaln(df / 2) - 0.5 * np.log(df / 2) - gammaln((df - 1) / 2))
    return 1 / n, 1 - (df - 2) / (df * j * j), j * np.sqrt(1 / n)


def negative_log_likelihood(eta, low, high, c, k, tau2=0.0):
    v_low = c + k * low**2 + tau2
    v_high = c + k * high**2 + tau2
    s_low, s_high = np.sqrt(v_low), np.sqrt(v_high)
    known = high - low < 1e-6
    a = (low - eta) / s_low
    b = (high - eta) / s_high
    below, above = eta < low, eta > high
    b = np.where(below, a + (high - low) / s_high, b)
    a = np.where(above, b - (high - low) / s_low, a)
    # By the tail that does not cancel.
    p = np.where(a > 0, ndtr(-a) - ndtr(-b), ndtr(b) - ndtr(a))
    tail = np.where(a > 0, log_ndtr(-np.abs(a)), log_ndtr(-np.abs(b)))
    log_p = np.where(p > 1e-290, np.log(np.maximum(p, 1e-290)), tail)
    value = 0.5 * (np.log(v_low) + (low - eta) ** 2 / v_low)
    return np.where(known, value, -log_p).sum()


def maximum(x, low, high, c, k, start, polish=True):
    def f(beta):
        return negative_log_likelihood(x @ beta, low, high, c, k)

    found = minimize(f, start, method="BFGS", options={"gtol": 1e-7})
    for size in (1e-2, 1e-4) if polish else ():
        simplex = np.vstack([found.x] + [found.x + size * e for e in np.eye(x.shape[1])])
        found = minimize(
            f, found.x, method="Nelder-Mead",
            options={"xatol": 1e-9, "fatol": 0, "maxiter": 250 * x.shape[1], "initial_simplex": simplex})
    if polish:
        # Central differences of the likelihood and Newton's method: where there is no kink, the last digits.
        found.x = newton(f, found.x)
    return found.x


def newton(f, beta, step=1e-3):
    """Richardson's differences; kept where the likelihood does not get worse."""
    p = len(beta)
    for _ in range(3):
        e = np.eye(p) * step
        gradient = np.array([
            (8 * (f(beta + e[i]) - f(beta - e[i])) - f(beta + 2 * e[i]) + f(beta - 2 * e[i])) / (12 * step)
            for i in range(p)])
        hessian = np.array([
            [(f(beta + e[i] + e[j]) - f(beta + e[i] - e[j]) - f(beta - e[i] + e[j]) + f(beta - e[i] - e[j]))
             / (4 * step**2) for j in range(p)] for i in range(p)])
        next = beta - np.linalg.solve(hessian, gradient)
        if np.abs(next - beta).max() > 1e-4 or f(next) > f(beta) + 1e-13:
            break
        beta = next
    return beta


def information(x, low, high, c, k, beta):
    """Observed information by second differences of the likelihood in the fitted value of each experiment."""
    step = 1e-4
    total = 0
    for i in range(len(low)):
        eta = x[i] @ beta
        one = slice(i, i + 1)
        f = [negative_log_likelihood(np.array([eta + s]), low[one], high[one], c[one], k[one])
             for s in (-step, 0, step)]
        total = total + (f[0] - 2 * f[1] + f[2]) / step**2 * np.outer(x[i], x[i])
    return total


def distance(x, low, high, c, k, beta, tests):
    """How far the tested combinations are from zero: one by size, several by Wald."""
    theta = tests @ beta
    if len(tests) == 1:
        return abs(theta[0])
    covariance = tests @ np.linalg.inv(information(x, low, high, c, k, beta)) @ tests.T
    return theta @ np.linalg.solve(covariance, theta)


def fit(x, low, high, c, k, tests, leave_out):
    inside = np.arange(len(low))
    beta = maximum(x, low, high, c, k, np.zeros(x.shape[1]))
    left = []
    gap = np.inf
    for _ in range(min(leave_out, len(low) - np.linalg.matrix_rank(x))):
        tried = []
        for i in inside:
            rest = inside[inside != i]
            if np.linalg.matrix_rank(x[rest]) < x.shape[1]:
                continue
            b = maximum(x[rest], low[rest], high[rest], c[rest], k[rest], beta, polish=False)
            tried.append((distance(x[rest], low[rest], high[rest], c[rest], k[rest], b, tests), int(i), b))
        if not tried:
            break
        tried.sort(key=lambda t: t[0])
        if len(tried) > 1:
            gap = min(gap, tried[1][0] - tried[0][0])
        left.append(tried[0][1])
        inside = inside[inside != tried[0][1]]
        beta = maximum(x[inside], low[inside], high[inside], c[inside], k[inside], tried[0][2])
    eta = x @ beta

    def g(tau2):
        return negative_log_likelihood(eta, low, high, c, k, tau2)

    grid = np.linspace(0, 3, 3001)
    at = int(np.argmin([g(t) for t in grid]))
    found = minimize_scalar(g, bounds=(max(0, grid[at] - 1e-3), grid[at] + 1e-3), method="bounded", options={"xatol": 1e-11})
    tau2 = found.x if found.fun < g(0) else 0.0
    return beta, tau2, left, gap


def case(rng, size, columns, combinations, leave_out, known_share):
    n = rng.integers(10, 45, size)
    c, k, per_t = np.array([scale(m) for m in n]).T
    x = np.ones((size, columns))
    for j in range(1, columns):
        x[:, j] = rng.standard_normal(size) if j % 2 else (rng.random(size) < 0.5) * 1.0
    effect = 0.4 + 0.3 * (x[:, 1] if columns > 1 else 0) + 0.2 * rng.standard_normal(size)
    g = effect + np.sqrt(c) * rng.standard_normal(size)
    b = per_t * rng.uniform(2.8, 4.2, size)
    peak = np.where(np.abs(g) > b, g, np.sign(g) * b * 1.2)
    weight = np.where(np.abs(g) > b, np.where(rng.random(size) < known_share, 1.0, rng.random(size)), 0.0)
    low, high = -b + weight * (peak + b), b + weight * (peak - b)
    low = np.where(weight == 1, peak, low)
    high = np.where(weight == 1, peak, high)
    low, high = np.round(low, 6), np.round(high, 6)
    x = np.round(x, 6)
    tests = np.zeros((combinations, columns))
    for r in range(combinations):
        tests[r, columns - combinations + r] = 1
    beta, tau2, left, gap = fit(x, low, high, c, k, tests, leave_out)
    return {
        "participants": n.tolist(), "lower": low.tolist(), "upper": high.tolist(), "design": x.tolist(),
        "tests": tests.tolist(), "leaveOut": leave_out, "coefficients": beta.tolist(), "tau2": float(tau2),
        "leftOut": left, "gap": None if gap == np.inf else float(gap),
    }


def main():
    rng = np.random.default_rng(11)
    shapes = [
        (6, 1, 1, 0, 0.5), (12, 1, 1, 2, 0.5), (10, 2, 1, 0, 0.5), (12, 2, 1, 2, 0.5), (20, 2, 1, 2, 0.2),
        (15, 3, 1, 0, 0.5), (15, 3, 1, 2, 0.5), (15, 3, 2, 1, 0.5), (20, 5, 1, 0, 0.4), (20, 5, 1, 2, 0.4),
        (24, 5, 3, 2, 0.4), (18, 2, 1, 3, 0.0), (18, 4, 1, 2, 1.0),
    ]
    cases = []
    for shape in shapes:
        cases.append(case(rng, *shape))
        print(shape, cases[-1]["leftOut"], cases[-1]["gap"], flush=True)
    out = {
        "made": "likely_regression.py", "numpy": np.__version__, "scipy": scipy.__version__, "cases": cases}
    path = pathlib.Path(__file__).with_suffix(".json")
    path.write_text(json.dumps(out, indent=1) + "\n")


if __name__ == "__main__":
    main()
