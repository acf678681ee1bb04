"""Convolutions of any number of spatial axes, in the layouts N C … and O I …

`padding` is a number, one for each axis, or the numbers of all beginnings and then of all ends;
"same" keeps the size where the stride is 1, "valid" pads nothing.
"""

from tirade.ops.dtypes import NUMBERS, const, require, wide
from tirade.ops.linalg import contract
from tirade.ops.operator import Operator
from tvm.script import tirx as T


def each(value, n, name):
    """One number for each axis."""
    values = [value] * n if isinstance(value, int) else list(value)
    if len(values) != n:
        raise ValueError(f"{name} takes a number or {n} of them, not {value}")
    return values


def paddings(padding, kernel, strides, dilation, sizes):
    """How much is added before and after each axis."""
    n = len(kernel)
    if padding == "valid":
        return [0] * n, [0] * n
    if padding == "same":
        before, after = [], []
        for size, k, s, d in zip(sizes, kernel, strides, dilation):
            total = max((-(-size // s) - 1) * s + (k - 1) * d + 1 - size, 0)
            before.append(total // 2)
            after.append(total - total // 2)
        return before, after
    if not isinstance(padding, int) and len(padding) == 2 * n:
        return list(padding[:n]), list(padding[n:])
    both = each(padding, n, "padding")
    return both, both


def windows(sizes, kernel, strides, padding, dilation, ceil_mode=False):
    """The number of windows along each axis, and what is added before it."""
    before, after = paddings(padding, kernel, strides, dilation, sizes)
    counts = []
    for size, k, s, d, a, b in zip(sizes, kernel, strides, dilation, before, after):
        room = size + a + b - (k - 1) * d - 1
        count = (-(-room // s) if ceil_mode else room // s) + 1
        # A window that begins in the padding at the end counts nothing.
        if ceil_mode and isinstance(count, int) and (count - 1) * s >= size + a:
            count = count - 1
        if isinstance(count, int) and count < 0:
            count = 0
        counts.append(count)
    return counts, before


def inside(at, sizes):
    """True if an index lies within the sizes."""
    tests = []
    for i, n in zip(at, sizes):
        tests = tests + [i >= 0, i < n]
    return T.all(*tests)


class Geometry:
    """What is convolved with what, in numbers."""

    def __init__(self, name, X, W, strides, padding, dilation, groups):
        n = len(X.shape) - 2
        if n < 1 or len(W.shape) != n + 2:
            raise TypeError(f"{name}: data of rank {n + 2} and weights of rank {len(W.shape)}")
        require(name, X.dtype, NUMBERS)
        if X.dtype != W.dtype:
            raise TypeError(f"{name}: inputs are {X.dtype} and {W.dtype}; cast one")
        if X.shape[1] != W.shape[1] * groups or W.shape[0] % groups != 0:
            raise ValueError(
                f"{name}: {X.shape[1]} channels in {groups} groups, but weights {tuple(W.shape)}"
            )
        self.kernel = list(W.shape[2:])
        self.strides = each(strides, n, "strides")
        self.dilation = each(dilation, n, "dilation")
        self.sizes = list(X.shape[2:])
        self.counts, self.before = windows(
            self.sizes, self.kernel, self.strides, padding, self.dilation
        )

    def source(self, at, k):
        """The index into the data for a place of the result and one of the kernel."""
        parts = zip(at, k, self.strides, self.dilation, self.before)
        return [i * s + j * d - b for i, j, s, d, b in parts]


def convolution(name):
    def types(X, W, strides=1, padding=0, dilation=1, groups=1, dtype=None):
        g = Geometry(name, X, W, strides, padding, dilation, groups)
        return T.Buffer((X.shape[0], W.shape[0]) + tuple(g.counts), dtype or X.dtype)

    def body(X, W, Y, strides=1, padding=0, dilation=1, groups=1, dtype=None):
        """The sum over a window of all channels of the group, times the weights; outside of the
        data there are zeros. Sums are added up in the type of the result, or in float32."""
        g = Geometry(name, X, W, strides, padding, dilation, groups)
        kind = wide(Y.dtype)
        per_group_in, per_group_out = W.shape[1], W.shape[0] // groups

        def product(i, k):
            source = g.source(i[2:], k[1:])
            first = i[1] // per_group_out * per_group_in if groups != 1 else 0
            x = T.cast(X[tuple([i[0], first + k[0]] + source)], kind)
            if any_padding:
                x = T.if_then_else(inside(source, g.sizes), x, const(0, kind))
            return x * T.cast(W[tuple([i[1]] + k)], kind)

        before, after = paddings(padding, g.kernel, g.strides, g.dilation, g.sizes)
        any_padding = [n for n in before + after if n != 0] != []
        contract(Y, [per_group_in] + g.kernel, product, kind)

    return Operator(name, "X, W -> Y", types, body)


conv1d = convolution("conv1d")
conv2d = convolution("conv2d")
conv3d = convolution("conv3d")


def _depthwise_type(X, W, strides=1, padding=0, dilation=1, dtype=None):
    return conv2d.result(X, W, strides, padding, dilation, X.shape[1], dtype)


def _depthwise(X, W, Y, strides=1, padding=0, dilation=1, dtype=None):
    """Every channel is convolved by itself, with weights of shape (C · multiplier, 1, h, w)."""
    conv2d.default.body(X, W, Y, strides, padding, dilation, X.shape[1], dtype)


depthwise_conv2d = Operator("depthwise_conv2d", "X, W -> Y", _depthwise_type, _depthwise)
