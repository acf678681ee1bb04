"""Searching in sorted arrays, and the distinct elements of an array."""

from tirade.ops.dtypes import ALL, INTEGERS, const, less, require
from tirade.ops.operator import Operator, local
from tirade.ops.sort import Row, merge_sort
from tvm.script import tirx as T


def _searchsorted_type(A, V, side="left", dtype="int64"):
    require("searchsorted", A.dtype, ALL)
    require("searchsorted", dtype, INTEGERS)
    if A.dtype != V.dtype or len(A.shape) != 1:
        raise TypeError("searchsorted takes a sorted array of rank 1, and values of its dtype")
    if side not in ("left", "right"):
        raise ValueError(f"side is 'left' or 'right', not {side!r}")
    return T.Buffer(V.shape, dtype)


def lower_bound(n, goes_left):
    """The first of `n` positions for which `goes_left` holds, by bisection, as a variable."""
    low, high = local("int32", 0), local("int32", n)
    while low[0] < high[0]:
        middle = T.bind(low[0] + (high[0] - low[0]) // 2)
        if goes_left(middle):
            high[0] = middle
        else:
            low[0] = middle + 1
    return low


def _searchsorted(A, V, Y, side="left", dtype="int64"):
    """Where each value is to be inserted, so that A stays sorted."""
    n = A.shape[0]

    def goes_left(value):
        if side == "left":
            return lambda at: T.Not(less(A[at], value))
        return lambda at: less(value, A[at])

    def each(i, sizes):
        if sizes:
            for k in T.serial(sizes[0]):
                each(i + [k], sizes[1:])
            return
        with T.sblock("searchsorted"):
            at = tuple([T.axis.spatial(size, k) for size, k in zip(V.shape, i)])
            value = T.bind(V[at])
            Y[at] = T.cast(lower_bound(n, goes_left(value))[0], dtype)

    each([], list(V.shape))


searchsorted = Operator("searchsorted", "A, V -> Y", _searchsorted_type, _searchsorted)


def _unique_type(X):
    require("unique", X.dtype, ALL)
    if len(X.shape) != 1:
        raise TypeError("unique takes an array of rank 1")
    n = X.shape[0]
    return (
        T.Buffer((n,), X.dtype),
        T.Buffer((n,), "int64"),
        T.Buffer((n,), "int64"),
        T.Buffer((n,), "int64"),
        T.Buffer((1,), "int64"),
    )


def _unique(X, Values, Indices, Inverse, Counts, Number):
    """The distinct elements in order; the first position of each, how often it stands there, for
    each element of X its place among them, and their number. What is behind them is 0. All NaN
    are one element."""
    n = X.shape[0]
    with T.sblock("unique"):
        keys = T.sblock_alloc_buffer((n,), X.dtype)
        places = T.sblock_alloc_buffer((n,), "int32")

        def store(k, key, place):
            keys[k] = key
            places[k] = place

        merge_sort(Row(n, lambda i: X[i], less, True), X.dtype, store)
        last = local("int32", -1)
        for k in T.serial(n):
            Values[k] = const(0, X.dtype)
            Indices[k] = const(0, "int64")
            Counts[k] = const(0, "int64")
            if T.Or(k == 0, less(keys[T.max(k - 1, 0)], keys[k])):
                last[0] = last[0] + 1
                Values[last[0]] = keys[k]
                Indices[last[0]] = T.cast(places[k], "int64")
            Counts[last[0]] = Counts[last[0]] + const(1, "int64")
            Inverse[places[k]] = T.cast(last[0], "int64")
        Number[0] = T.cast(last[0] + 1, "int64")


unique = Operator(
    "unique", "X -> Values, Indices, Inverse, Counts, Number", _unique_type, _unique
)
