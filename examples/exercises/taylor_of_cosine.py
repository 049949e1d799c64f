"""The gradient of a Taylor series of cos, summed by a Python loop: the loop unrolls, each term is differentiated."""

import numpy as np

import closedform as cf


def cosine(x):
    total, term = 1.0, 1.0
    for k in range(1, 10):
        term = -term * x * x / ((2 * k - 1) * (2 * k))
        total = total + term
    return total


def main() -> dict[str, float]:
    slope = cf.grad(cosine)
    errors = {}
    print("closed form:", slope.formula.text)
    print("certificate:", slope.check().line())
    for x in np.linspace(-2.0, 2.0, 5):
        found = float(slope(float(x)))
        errors[f"{x:g}"] = abs(found + np.sin(x))
        print(f"x = {x:5.2f}   gradient of the series {found:.12f}   -sin(x) {-np.sin(x):.12f}")
    return errors


if __name__ == "__main__":
    main()
