"""Reductions over axes: sums, products, extrema, their positions.

`axis` is None (all axes), a number or several; `keepdims` keeps reduced axes with extent 1.
As in numpy, integers are summed in 64 bits unless `dtype` says otherwise, NaN is the maximum and
the minimum of what it stands among, and of equal values the first one's position counts.
"""

from tirade.ops.dtypes import (
    INTEGERS,
    NUMBERS,
    const,
    highest,
    is_float,
    is_nan,
    lowest,
    maximum,
    minimum,
    require,
    sum_type,
    wide,
)
from tirade.ops.operator import Operator, axes_of, empty, volume
from tvm.script import tirx as T


def reduced(shape, axis, keepdims):
    """The shape that is left."""
    axes = axes_of(axis, len(shape))
    kept = [1 if d in axes else n for d, n in enumerate(shape) if keepdims or d not in axes]
    return tuple(kept)


def fold(X, combine, identity, axis, keepdims=False, load=None):
    """A new buffer with `load(X[…])` combined over the axes, in the type of `identity`."""
    shape, axes = X.shape, axes_of(axis, len(X.shape))
    result = reduced(shape, axis, keepdims)
    if empty([shape[d] for d in axes]):
        return T.compute(result, lambda *i: identity, name="identity")
    ks = {d: T.reduce_axis((0, shape[d]), f"k{d}") for d in axes}
    reducer = T.comm_reducer(combine, [identity])

    def value(*i):
        free = [v for d, v in enumerate(i) if not (keepdims and d in axes)]
        index = [ks[d] if d in axes else free.pop(0) for d in range(len(shape))]
        x = X[tuple(index)]
        x = load(x, index) if load else T.cast(x, identity.dtype)
        return reducer((x,), axis=[ks[d] for d in axes]) if axes else x

    return T.compute(result, value, name="folded")


def copy(X, Y, f=lambda x: x):
    T.compute(Y.shape, lambda *i: T.cast(f(X[i]), Y.dtype), out=Y)


def reduction(name, combine, identity, result_type, dtypes=NUMBERS):
    """The reduction of X by `combine`, in the type `result_type(dtype)`."""

    def types(X, axis=None, keepdims=False, dtype=None):
        require(name, X.dtype, dtypes)
        return T.Buffer(reduced(X.shape, axis, keepdims), dtype or result_type(X.dtype))

    def body(X, Y, axis=None, keepdims=False, dtype=None):
        axes = axes_of(axis, len(X.shape))
        if identity is None and empty([X.shape[d] for d in axes]):
            raise ValueError(f"{name} of no elements")
        start = lowest if combine is maximum else highest
        start = start(Y.dtype) if identity is None else const(identity, wide(Y.dtype))
        copy(fold(X, combine, start, axis, keepdims), Y)

    return Operator(name, "X -> Y", types, body)


def _same(dtype):
    return dtype


sum = reduction("sum", lambda a, b: a + b, 0, sum_type)
prod = reduction("prod", lambda a, b: a * b, 1, sum_type)
max = reduction("max", maximum, None, _same)
min = reduction("min", minimum, None, _same)
all = reduction("all", lambda a, b: T.And(a, b), True, _same, ("bool",))
any = reduction("any", lambda a, b: T.Or(a, b), False, _same, ("bool",))


def _mean_type(X, axis=None, keepdims=False, dtype=None):
    require("mean", X.dtype, NUMBERS)
    default = X.dtype if is_float(X.dtype) else "float64"
    return T.Buffer(reduced(X.shape, axis, keepdims), dtype or default)


def _mean(X, Y, axis=None, keepdims=False, dtype=None):
    """Sum divided by the number of elements; of no elements it is NaN."""
    kind = wide(Y.dtype)
    n = volume([X.shape[d] for d in axes_of(axis, len(X.shape))])
    total = fold(X, lambda a, b: a + b, const(0, kind), axis, keepdims)
    copy(total, Y, lambda x: x / T.cast(n, kind))


mean = Operator("mean", "X -> Y", _mean_type, _mean)


# Positions of extrema ----------------------------------------------------------------------------


def position(name, worst, beats):
    """The position of the value that beats all others; over all axes, that in row-major order."""

    def types(X, axis=None, keepdims=False, dtype="int64"):
        require(name, X.dtype, NUMBERS)
        require(name, dtype, INTEGERS)
        return T.Buffer(reduced(X.shape, axis, keepdims), dtype)

    def better(a, b):
        """True if a, a pair of position and value, is to be kept."""
        first = T.all(T.Not(beats(b[1], a[1])), a[0] < b[0])
        return T.any(beats(a[1], b[1]), first)

    def combine(a, b):
        keep = better(a, b)
        return T.Select(keep, a[0], b[0]), T.Select(keep, a[1], b[1])

    def body(X, Y, axis=None, keepdims=False, dtype="int64"):
        shape, axes = X.shape, axes_of(axis, len(X.shape))
        if empty([shape[d] for d in axes]):
            raise ValueError(f"{name} of no elements")
        if not axes:
            T.compute(Y.shape, lambda *i: const(0, dtype), out=Y)
            return
        ks = {d: T.reduce_axis((0, shape[d]), f"k{d}") for d in axes}
        start = (T.max_value(dtype), worst(X.dtype))
        reducer = T.comm_reducer(lambda p, x, q, y: combine((p, x), (q, y)), start)
        values = T.alloc_buffer(Y.shape, X.dtype)

        def value(*i):
            free = [v for d, v in enumerate(i) if not (keepdims and d in axes)]
            index = [ks[d] if d in axes else free.pop(0) for d in range(len(shape))]
            at = const(0, dtype)
            for d in axes:
                at = at * T.cast(shape[d], dtype) + T.cast(ks[d], dtype)
            return reducer((at, X[tuple(index)]), axis=[ks[d] for d in axes])

        T.compute(Y.shape, value, out=(Y, values))

    return Operator(name, "X -> Y", types, body)


def _larger(a, b):
    return T.any(a > b, T.all(is_nan(a), b == b)) if is_float(a.dtype) else a > b


def _smaller(a, b):
    return T.any(a < b, T.all(is_nan(a), b == b)) if is_float(a.dtype) else a < b


argmax = position("argmax", lowest, _larger)
argmin = position("argmin", highest, _smaller)
