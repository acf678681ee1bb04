"""Pooling over windows, of any number of spatial axes, in the layout N C …"""

from tirade.ops.conv import each, inside, windows
from tirade.ops.dtypes import FLOATS, NUMBERS, const, lowest, maximum, require, wide
from tirade.ops.operator import Operator, volume
from tvm.script import tirx as T


class Windows:
    def __init__(self, name, X, kernel, strides, padding, dilation, ceil_mode):
        n = len(X.shape) - 2
        if n < 1:
            raise TypeError(f"{name} takes data of rank 3 or more")
        self.kernel = each(kernel, n, "kernel")
        self.strides = self.kernel if strides is None else each(strides, n, "strides")
        self.dilation = each(dilation, n, "dilation")
        self.sizes = list(X.shape[2:])
        self.counts, self.before = windows(
            self.sizes, self.kernel, self.strides, padding, self.dilation, ceil_mode
        )

    def source(self, at, k):
        parts = zip(at, k, self.strides, self.dilation, self.before)
        return [i * s + j * d - b for i, j, s, d, b in parts]

    def reduce(self, X, combine, identity, value):
        """A buffer with the combination over each window of `value(x)`."""
        k = [T.reduce_axis((0, n), f"k{d}") for d, n in enumerate(self.kernel)]
        reducer = T.comm_reducer(combine, [identity])

        def total(*i):
            source = self.source(i[2:], k)
            x = value(X[tuple(list(i[:2]) + source)])
            return reducer((T.if_then_else(inside(source, self.sizes), x, identity),), axis=k)

        return T.compute(tuple(X.shape[:2]) + tuple(self.counts), total, name="pooled")


def _max_type(X, kernel, strides=None, padding=0, dilation=1, ceil_mode=False):
    require("max_pool", X.dtype, NUMBERS)
    w = Windows("max_pool", X, kernel, strides, padding, dilation, ceil_mode)
    return T.Buffer(tuple(X.shape[:2]) + tuple(w.counts), X.dtype)


def _max(X, Y, kernel, strides=None, padding=0, dilation=1, ceil_mode=False):
    """The largest element of each window; NaN if one is in it. Padding is smaller than all."""
    w = Windows("max_pool", X, kernel, strides, padding, dilation, ceil_mode)
    pooled = w.reduce(X, maximum, lowest(X.dtype), lambda x: x)
    T.compute(Y.shape, lambda *i: pooled[i], out=Y)


def _avg_type(X, kernel, strides=None, padding=0, ceil_mode=False, count_include_pad=False):
    require("avg_pool", X.dtype, FLOATS)
    return _max_type(X, kernel, strides, padding, 1, ceil_mode)


def _avg(X, Y, kernel, strides=None, padding=0, ceil_mode=False, count_include_pad=False):
    """The mean of each window, of its elements inside of the data unless the padding counts."""
    w = Windows("avg_pool", X, kernel, strides, padding, 1, ceil_mode)
    kind = wide(X.dtype)
    sums = w.reduce(X, lambda a, b: a + b, const(0, kind), lambda x: T.cast(x, kind))

    def count(at):
        n = 1
        for i, k, s, b, size in zip(at, w.kernel, w.strides, w.before, w.sizes):
            start = i * s - b
            n = n * (T.min(start + k, size) - T.max(start, 0))
        return n

    def mean(*i):
        n = volume(w.kernel) if count_include_pad else count(i[2:])
        return T.cast(sums[i] / T.cast(n, kind), Y.dtype)

    T.compute(Y.shape, mean, out=Y)


max_pool1d = Operator("max_pool1d", "X -> Y", _max_type, _max)
max_pool2d = Operator("max_pool2d", "X -> Y", _max_type, _max)
max_pool3d = Operator("max_pool3d", "X -> Y", _max_type, _max)
avg_pool1d = Operator("avg_pool1d", "X -> Y", _avg_type, _avg)
avg_pool2d = Operator("avg_pool2d", "X -> Y", _avg_type, _avg)
avg_pool3d = Operator("avg_pool3d", "X -> Y", _avg_type, _avg)


def _global_type(X):
    return T.Buffer(tuple(X.shape[:2]) + (1,) * (len(X.shape) - 2), X.dtype)


def _global_avg(X, Y):
    """The mean of each channel."""
    _avg(X, Y, list(X.shape[2:]))


def _global_max(X, Y):
    """The largest element of each channel."""
    _max(X, Y, list(X.shape[2:]))


global_avg_pool2d = Operator("global_avg_pool2d", "X -> Y", _global_type, _global_avg)
global_max_pool2d = Operator("global_max_pool2d", "X -> Y", _global_type, _global_max)
