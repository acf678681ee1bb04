#!/usr/bin/env python3
"""Finds the coefficients of the formulas in ir/src/fp/approximate.rs. Needs numpy and scipy.

Polynomials, and quotients of polynomials, whose largest relative error is least: least squares with
weights that grow where the error is large (Lawson's iteration). Prints coefficients, the constant
one first, and the error before they are rounded to float32.
"""

import numpy as np
from scipy.special import erf


def chebyshev(low, high, n=4000):
    """Points that lie closer towards the ends."""
    return (low + high) / 2 + (high - low) / 2 * np.cos(np.pi * (np.arange(n) + 0.5) / n)


def lawson(columns, values, scale, rounds=400):
    """The combination of columns with the least `max |scale * (combination - values)|`."""
    weights = np.ones(len(values)) / len(values)
    best = (np.inf, None)
    for _ in range(rounds):
        w = np.sqrt(weights) * scale
        solution = np.linalg.lstsq(columns * w[:, None], values * w, rcond=None)[0]
        error = np.abs(scale * (columns @ solution - values))
        best = min(best, (error.max(), solution), key=lambda b: b[0])
        weights *= error
        weights /= weights.sum()
    return best


def powers(x, degree):
    return np.vander(x, degree + 1, increasing=True)


def quotient(t, values, p_degree, q_degree, rounds=30):
    """p(t) / q(t) with q(0) = 1: linear in all coefficients once multiplied with q of the last round."""
    columns = np.hstack([powers(t, p_degree), -values[:, None] * powers(t, q_degree)[:, 1:]])
    below = np.ones_like(t)
    best = (np.inf, None, None)
    for _ in range(rounds):
        _, solution = lawson(columns, values, 1 / np.abs(values * below), 150)
        p, q = solution[: p_degree + 1], np.r_[1, solution[p_degree + 1 :]]
        below = powers(t, q_degree) @ q
        error = np.abs(powers(t, p_degree) @ p / below / values - 1).max()
        best = min(best, (error, p, q), key=lambda b: b[0])
    return best


def show(name, error, *parts):
    print(f"{name}: error {error:.2g}")
    for part in parts:
        print("   ", ", ".join(str(np.float32(c)) for c in part))


def main():
    r = chebyshev(-0.34658, 0.34658)
    r = r[np.abs(r) > 1e-4]
    show("exp", *lawson(powers(r, 4), (np.expm1(r) - r) / r**2, r**2 / np.exp(r)))
    f = chebyshev(np.sqrt(0.5) - 1, np.sqrt(2) - 1)
    f = f[np.abs(f) > 1e-3]
    show("log", *lawson(powers(f, 8), (np.log1p(f) - f + f * f / 2) / f**3, np.abs(f**3 / np.log1p(f))))
    for name, function, limit, degree in [("erf", erf, 3.95, 5), ("tanh", np.tanh, 9.02, 4)]:
        x = chebyshev(0, limit)
        x = x[x > 1e-3]
        # With t up to about 1, coefficients are of one size.
        unit = round(limit) ** 2
        error, p, q = quotient(x * x / unit, function(x) / x, degree, degree)
        show(name, error, p / unit ** np.arange(degree + 1.0), q / unit ** np.arange(degree + 1.0))


if __name__ == "__main__":
    main()
