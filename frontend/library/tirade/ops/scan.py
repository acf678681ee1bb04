"""Scans: each element is combined with those before it along an axis.

`exclusive` leaves the element itself out; `reverse` runs from the end.
"""

from tirade.ops.dtypes import (
    NUMBERS,
    const,
    highest,
    lowest,
    maximum,
    minimum,
    require,
    sum_type,
    wide,
)
from tirade.ops.operator import Operator, axis_of, each_row, local
from tvm.script import tirx as T


def scan_rows(X, Y, combine, identity, axis, exclusive, reverse):
    """Scans every row along `axis`, with `identity` before its first element."""
    n = X.shape[axis]

    def row(at):
        so_far = local(identity.dtype, identity)
        for k in T.serial(n):
            here = at(n - 1 - k if reverse else k)
            if exclusive:
                Y[here] = T.cast(so_far[0], Y.dtype)
            so_far[0] = combine(so_far[0], T.cast(X[here], identity.dtype))
            if not exclusive:
                Y[here] = T.cast(so_far[0], Y.dtype)

    each_row(X.shape, axis, "scan", row)


def scanning(name, combine, identity, result_type):
    """The scan of X by `combine`."""

    def types(X, axis=-1, exclusive=False, reverse=False, dtype=None):
        require(name, X.dtype, NUMBERS)
        axis_of(axis, len(X.shape))
        return T.Buffer(X.shape, dtype or result_type(X.dtype))

    def body(X, Y, axis=-1, exclusive=False, reverse=False, dtype=None):
        start = identity(wide(Y.dtype))
        scan_rows(X, Y, combine, start, axis_of(axis, len(X.shape)), exclusive, reverse)

    return Operator(name, "X -> Y", types, body)


def _same(dtype):
    return dtype


cumsum = scanning("cumsum", lambda a, b: a + b, lambda t: const(0, t), sum_type)
cumprod = scanning("cumprod", lambda a, b: a * b, lambda t: const(1, t), sum_type)
cummax = scanning("cummax", maximum, lowest, _same)
cummin = scanning("cummin", minimum, highest, _same)


def _scan_type(X, combine, identity, axis=-1, exclusive=False, reverse=False, dtype=None):
    axis_of(axis, len(X.shape))
    return T.Buffer(X.shape, dtype or X.dtype)


def _scan(X, Y, combine, identity, axis=-1, exclusive=False, reverse=False, dtype=None):
    """Any associative `combine(a, b)`, a function of the script; it need not commute."""
    start = const(identity, wide(Y.dtype))
    scan_rows(X, Y, combine, start, axis_of(axis, len(X.shape)), exclusive, reverse)


scan = Operator("scan", "X -> Y", _scan_type, _scan)
