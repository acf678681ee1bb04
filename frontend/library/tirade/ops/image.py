"""Images in another size."""

from tirade.ops.dtypes import FLOATS, NUMBERS, const, require
from tirade.ops.operator import Operator
from tvm.script import tirx as T

METHODS = ("nearest", "linear")
COORDINATES = ("half_pixel", "align_corners", "asymmetric")


def _resize_type(X, size, method="linear", coordinates="half_pixel"):
    require("resize", X.dtype, NUMBERS if method == "nearest" else FLOATS)
    n = len(size)
    if method not in METHODS or coordinates not in COORDINATES:
        raise ValueError(f"resize takes a method of {METHODS} and coordinates of {COORDINATES}")
    if len(X.shape) < n or n == 0:
        raise TypeError(f"resize: {n} sizes for an array of rank {len(X.shape)}")
    return T.Buffer(tuple(X.shape[: len(X.shape) - n]) + tuple(size), X.dtype)


def position(i, old, new, coordinates):
    """Where place `i` of `new` lies among `old` places, in float64."""
    x = T.cast(i, "float64")
    if coordinates == "align_corners":
        scale = (old - 1) / (new - 1) if new > 1 else 0.0
        return x * T.float64(scale)
    if coordinates == "asymmetric":
        return x * T.float64(old / new)
    return (x + T.float64(0.5)) * T.float64(old / new) - T.float64(0.5)


def clamped(i, n):
    return T.max(T.min(i, n - 1), 0)


def nearest(i, old, new, coordinates):
    x = position(i, old, new, coordinates)
    if coordinates == "asymmetric":
        x = T.floor(x)
    elif coordinates == "align_corners":
        x = T.floor(x + T.float64(0.5))
    else:
        x = T.ceil(x - T.float64(0.5))
    return clamped(T.cast(x, "int32"), old)


def _resize(X, Y, size, method="linear", coordinates="half_pixel"):
    """The last axes in other sizes. `coordinates` says which places lie on each other: centres of
    pixels ("half_pixel"), corners of the image ("align_corners") or beginnings ("asymmetric").
    "nearest" takes the nearest place (of two, the lower one for half pixels, the beginning for
    asymmetric ones), "linear" weighs the two neighbours along every axis in float64."""
    n = len(size)
    first = len(X.shape) - n
    old = list(X.shape[first:])

    def value(*i):
        head, tail = list(i[:first]), list(i[first:])
        if method == "nearest":
            at = [nearest(v, o, s, coordinates) for v, o, s in zip(tail, old, size)]
            return X[tuple(head + at)]
        xs = [position(v, o, s, coordinates) for v, o, s in zip(tail, old, size)]
        return T.cast(blend(head, xs, []), Y.dtype)

    def blend(head, xs, at):
        """Interpolates along the axes that are left."""
        d = len(at)
        if d == n:
            return T.cast(X[tuple(head + at)], "float64")
        low = T.floor(xs[d])
        weight = xs[d] - low
        place = T.cast(low, "int32")
        a = blend(head, xs, at + [clamped(place, old[d])])
        b = blend(head, xs, at + [clamped(place + 1, old[d])])
        return a * (T.float64(1) - weight) + b * weight

    T.compute(Y.shape, value, out=Y)


resize = Operator("resize", "X -> Y", _resize_type, _resize)
