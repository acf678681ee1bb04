#!/usr/bin/env python3
"""Does the operator library agree with numpy and scipy?

    python tests/peers/ops.py BINARY [--rounds N] [--seed N] [--filter TEXT] [--write FOLDER]

Every case makes a function of an operator, runs it by `tirade diff` (interpreter and compiled C,
bit for bit) on random inputs, and compares the outputs with what numpy computes. Shapes are random
in every round, with sizes of 0 and 1 among them. `--write` stores one small case of each operator
as a program with its inputs and outputs, for the tests that need no Python.
"""

import argparse
import collections
import concurrent.futures
import os
import pathlib
import subprocess
import tempfile

import numpy as np
import scipy.special

FLOATS = ["float16", "float32", "float64"]
SIGNED = ["int8", "int16", "int32", "int64"]
UNSIGNED = ["uint8", "uint16", "uint32", "uint64"]
NUMBERS = FLOATS + SIGNED + UNSIGNED
TOLERANCE = {"float16": 4e-3, "float32": 2e-5, "float64": 1e-11}

Case = collections.namedtuple("Case", "name call inputs outputs tolerance")


class Cases:
    def __init__(self, seed):
        self.random = np.random.default_rng(seed)
        self.list = []

    def size(self, low=0, high=6):
        return int(self.random.integers(low, high + 1))

    def shape(self, low=0, high=3, least=0):
        return tuple(self.size(least) for _ in range(self.size(low, high)))

    def array(self, shape, dtype, low=None, high=None):
        if dtype == "bool":
            return self.random.integers(0, 2, shape).astype("bool")
        if np.dtype(dtype).kind == "f":
            values = self.random.standard_normal(shape) * 2
            return np.asarray(np.round(values * 16) / 16).astype(dtype)
        low = (0 if dtype.startswith("u") else -20) if low is None else low
        return np.asarray(self.random.integers(low, 20 if high is None else high, shape)).astype(dtype)

    def pick(self, items):
        return items[self.size(0, len(items) - 1)]

    def axis(self, rank):
        return self.size(-rank, rank - 1)

    def add(self, op, inputs, outputs, *, name=None, tolerance=None, **attrs):
        """`inputs` and `outputs` by the names of the operator's buffers."""
        args = [f"{tuple(a.shape)}, {str(a.dtype)!r}" for a in inputs.values()]
        args += [f"{k}={v!r}" for k, v in attrs.items()]
        self.list.append(Case(name or op, f"ops.{op}.func({', '.join(args)})", inputs,
                              outputs, tolerance))

    def one(self, op, inputs, expected, **attrs):
        self.add(op, inputs, {"Y": np.asarray(expected)}, **attrs)


def elementwise(c):
    floats = {
        "exp": np.exp, "exp2": np.exp2, "sin": np.sin, "cos": np.cos, "tan": np.tan,
        "tanh": np.tanh, "sinh": np.sinh, "cosh": np.cosh, "atan": np.arctan, "floor": np.floor,
        "ceil": np.ceil, "trunc": np.trunc, "round": np.round, "erf": scipy.special.erf,
        "sigmoid": scipy.special.expit, "silu": lambda x: x * scipy.special.expit(x),
        "gelu": lambda x: x * 0.5 * (1 + scipy.special.erf(x / np.sqrt(2))),
        "softplus": lambda x: np.logaddexp(0, x), "relu6": lambda x: np.clip(x, 0, 6),
        "leaky_relu": lambda x: np.where(x > 0, x, 0.01 * x),
        "elu": lambda x: np.where(x > 0, x, np.expm1(x)),
        "hard_sigmoid": lambda x: np.clip(x / 6 + 0.5, 0, 1),
        "softsign": lambda x: x / (1 + abs(x)),
        "mish": lambda x: x * np.tanh(np.logaddexp(0, x)),
    }
    for op, f in floats.items():
        x = c.array(c.shape(), c.pick(FLOATS))
        c.one(op, {"X": x}, f(x.astype("float64")).astype(x.dtype))
    positive = {"log": np.log, "log2": np.log2, "log10": np.log10, "log1p": np.log1p,
                "sqrt": np.sqrt, "rsqrt": lambda x: 1 / np.sqrt(x)}
    for op, f in positive.items():
        x = abs(c.array(c.shape(), c.pick(FLOATS))) + np.asarray(0.5)
        x = x.astype(c.pick(FLOATS))
        c.one(op, {"X": x}, f(x.astype("float64")).astype(x.dtype))
    for op, f in {"asin": np.arcsin, "acos": np.arccos}.items():
        x = np.clip(c.array(c.shape(), c.pick(FLOATS)) / 8, -1, 1)
        c.one(op, {"X": x}, f(x.astype("float64")).astype(x.dtype))
    for op, f in {"negative": np.negative, "square": np.square, "absolute": np.abs,
                  "sign": np.sign}.items():
        x = c.array(c.shape(), c.pick(FLOATS + SIGNED), -10, 10)
        c.one(op, {"X": x}, f(x).astype(x.dtype))
    binary = {"add": np.add, "subtract": np.subtract, "multiply": np.multiply,
              "maximum": np.maximum, "minimum": np.minimum}
    for op, f in binary.items():
        a, b = broadcast_pair(c, c.pick(NUMBERS))
        with np.errstate(over="ignore"):
            c.one(op, {"A": a, "B": b}, f(a, b))
    for op, f in {"less": np.less, "less_equal": np.less_equal, "greater": np.greater,
                  "greater_equal": np.greater_equal, "equal": np.equal,
                  "not_equal": np.not_equal}.items():
        a, b = broadcast_pair(c, c.pick(NUMBERS))
        c.one(op, {"A": a, "B": b}, f(a, b))
    for op, f in {"floor_divide": np.floor_divide, "mod": np.mod}.items():
        a, b = broadcast_pair(c, c.pick(SIGNED + UNSIGNED))
        b = np.where(b == 0, 3, b).astype(b.dtype)
        c.one(op, {"A": a, "B": b}, f(a, b))
    for op, f in {"bitwise_and": np.bitwise_and, "bitwise_or": np.bitwise_or,
                  "bitwise_xor": np.bitwise_xor}.items():
        a, b = broadcast_pair(c, c.pick(SIGNED + UNSIGNED))
        c.one(op, {"A": a, "B": b}, f(a, b))
    for op, f in {"left_shift": np.left_shift, "right_shift": np.right_shift}.items():
        a, b = broadcast_pair(c, c.pick(SIGNED + UNSIGNED))
        b = (b % 7 if b.dtype.kind == "u" else abs(b) % 7).astype(b.dtype)
        c.one(op, {"A": a, "B": b}, f(a, b))
    a, b = broadcast_pair(c, c.pick(FLOATS))
    b = np.where(b == 0, 1, b).astype(b.dtype)
    c.one("divide", {"A": a, "B": b}, a / b)
    a = (abs(c.array(c.shape(), "float64")) + 0.1).astype(c.pick(FLOATS))
    b = c.array(a.shape, str(a.dtype))
    c.one("power", {"A": a, "B": b}, np.power(a.astype("float64"), b).astype(a.dtype))
    x = c.array(c.shape(), c.pick(NUMBERS))
    c.one("clip", {"X": x}, np.clip(x, 1, 5), low=1, high=5)
    c.one("cast", {"X": x}, x.astype("float32"), dtype="float32")
    m, a = c.array(c.shape(), "bool"), c.array((), c.pick(NUMBERS))
    b = c.array(m.shape, str(a.dtype))
    c.one("where", {"C": m, "A": a, "B": b}, np.where(m, a, b))
    for op, f in {"logical_and": np.logical_and, "logical_or": np.logical_or}.items():
        a, b = broadcast_pair(c, "bool")
        c.one(op, {"A": a, "B": b}, f(a, b))
    c.one("logical_not", {"X": a}, ~a)


def broadcast_pair(c, dtype):
    full = c.shape()
    cut = lambda: tuple(1 if c.size(0, 3) == 0 else n for n in full)[c.size(0, len(full)):]
    a, b = (full, cut()) if c.size(0, 1) else (cut(), full)
    return c.array(a, dtype), c.array(b, dtype)


def reductions(c):
    for op, f in {"sum": np.sum, "prod": np.prod, "max": np.max, "min": np.min}.items():
        dtype = c.pick(NUMBERS)
        x = c.array(c.shape(1, 3, least=int(op in ("max", "min"))), dtype, 0, 4)
        if op == "sum" and dtype == "float16":
            x = x.astype("float32")
        axis, keep = c.pick([None, c.axis(x.ndim)]), bool(c.size(0, 1))
        c.one(op, {"X": x}, f(x, axis=axis, keepdims=keep), axis=axis, keepdims=keep)
    x = c.array(c.shape(1, 3, least=1), c.pick(["float32", "float64"] + SIGNED))
    axis = c.axis(x.ndim)
    c.one("mean", {"X": x}, np.mean(x, axis=axis), axis=axis)
    for op, f in {"argmax": np.argmax, "argmin": np.argmin}.items():
        x = c.array(c.shape(1, 3, least=1), c.pick(NUMBERS), 0, 4)
        if x.dtype.kind == "f" and x.size > 2 and c.size(0, 2) == 0:
            x.flat[c.size(0, x.size - 1)] = np.nan
        axis = c.pick([None, c.axis(x.ndim)])
        c.one(op, {"X": x}, f(x, axis=axis), axis=axis)
    for op, f in {"all": np.all, "any": np.any}.items():
        x = c.array(c.shape(1, 3), "bool")
        axis = c.pick([None, c.axis(x.ndim)])
        c.one(op, {"X": x}, f(x, axis=axis), axis=axis)
    for op, f in {"cumsum": np.cumsum, "cumprod": np.cumprod}.items():
        x = c.array(c.shape(1, 3), c.pick(["float32", "float64"] + SIGNED + UNSIGNED), 0, 3)
        axis = c.axis(x.ndim)
        c.one(op, {"X": x}, f(x, axis=axis), axis=axis)
    for op, f in {"cummax": np.maximum, "cummin": np.minimum}.items():
        x = c.array(c.shape(1, 3, least=1), c.pick(NUMBERS))
        axis = c.axis(x.ndim)
        c.one(op, {"X": x}, f.accumulate(x, axis=axis), axis=axis)


def with_ties(c, shape):
    x = c.array(shape, c.pick(NUMBERS), 0, 6)
    if x.dtype.kind == "f" and x.size and c.size(0, 1):
        x.flat[c.size(0, x.size - 1)] = np.nan
    return x


def sorting(c):
    for _ in range(2):
        shape = c.shape(1, 2) + (c.size(0, 40),)
        x = with_ties(c, shape)
        axis = c.axis(x.ndim)
        order = np.argsort(x, axis=axis, kind="stable")
        c.one("argsort", {"X": x}, order.astype("int64"), axis=axis)
        c.one("sort", {"X": x}, np.sort(x, axis=axis), axis=axis)
    x = c.array((3, c.size(1, 30)), c.pick(["float32", "int32"]), -4, 4)
    k = c.size(0, x.shape[1])
    order = np.argsort(-x, axis=1, kind="stable")[:, :k]
    c.add("topk", {"X": x}, {"Values": np.take_along_axis(x, order, 1),
                             "Indices": order.astype("int64")}, k=k)
    a = np.sort(c.array((c.size(0, 20),), c.pick(NUMBERS), 0, 6))
    v = c.array(c.shape(), str(a.dtype), 0, 6)
    side = c.pick(["left", "right"])
    c.one("searchsorted", {"A": a, "V": v}, np.searchsorted(a, v, side), side=side)
    x = c.array((c.size(1, 20),), c.pick(NUMBERS), 0, 6)
    values, first, inverse, counts = np.unique(x, True, True, True)
    fill = lambda a, dtype: np.concatenate([a, np.zeros(len(x) - len(a))]).astype(dtype)
    c.add("unique", {"X": x}, {
        "Values": fill(values, x.dtype), "Indices": fill(first, "int64"),
        "Inverse": inverse.astype("int64"), "Counts": fill(counts, "int64"),
        "Number": np.array([len(values)], "int64")})


def windows_of(x, kernel, strides, padding, dilation, fill):
    """Every window of the padded array, with its place."""
    n = len(kernel)
    x = np.pad(x.astype("float64"), [(0, 0), (0, 0)] + [(p, p) for p in padding],
               constant_values=fill)
    counts = [(x.shape[2 + d] - (kernel[d] - 1) * dilation[d] - 1) // strides[d] + 1
              for d in range(n)]
    for place in np.ndindex(*[max(k, 0) for k in counts]):
        cut = tuple(slice(p * s, p * s + (k - 1) * d + 1, d)
                    for p, s, k, d in zip(place, strides, kernel, dilation))
        yield place, x[(slice(None), slice(None)) + cut]


def convolutions(c):
    for n in (1, 2, 2, 3):
        groups, per_in, per_out = c.size(1, 2), c.size(1, 3), c.size(1, 2)
        kernel = [c.size(1, 3) for _ in range(n)]
        strides, dilation = [c.size(1, 2) for _ in range(n)], [c.size(1, 2) for _ in range(n)]
        padding = [c.size(0, 2) for _ in range(n)]
        x = c.array((c.size(1, 2), groups * per_in) + tuple(c.size(5, 8) for _ in range(n)),
                    c.pick(["float32", "float64", "int32"]))
        w = c.array((groups * per_out, per_in) + tuple(kernel), str(x.dtype))
        found = {}
        for place, window in windows_of(x, kernel, strides, padding, dilation, 0):
            parts = window.reshape(x.shape[0], groups, 1, -1)
            weights = w.reshape(1, groups, per_out, -1)
            found[place] = (parts * weights).sum(-1).reshape(x.shape[0], -1)
        size = tuple(np.max(list(found), axis=0) + 1)
        y = np.zeros((x.shape[0], w.shape[0]) + size)
        for place, value in found.items():
            y[(slice(None), slice(None)) + place] = value
        c.one(f"conv{n}d", {"X": x, "W": w}, y.astype(x.dtype), groups=groups, strides=strides,
              padding=padding, dilation=dilation, tolerance=1e-4)
    x, w = c.array((1, 3, 6, 7), "float32"), c.array((6, 1, 3, 3), "float32")
    y = np.zeros((1, 6, 6, 7))
    for place, window in windows_of(x, (3, 3), (1, 1), (1, 1), (1, 1), 0):
        parts = window.reshape(1, 3, 1, -1) * w.reshape(1, 3, 2, -1)
        y[(slice(None), slice(None)) + place] = parts.sum(-1).reshape(1, 6)
    c.one("depthwise_conv2d", {"X": x, "W": w}, y.astype("float32"), padding="same",
          tolerance=1e-4)
    kernel, strides, padding = [c.size(2, 3), c.size(2, 3)], [c.size(1, 2), c.size(1, 2)], [1, 1]
    x = c.array((1, 2, c.size(4, 7), c.size(4, 7)), c.pick(["float32", "float64"]))
    for op, f, fill in (("max_pool2d", np.max, -np.inf), ("avg_pool2d", np.nanmean, np.nan)):
        found = {p: f(v, axis=(2, 3)) for p, v in
                 windows_of(x, kernel, strides, padding, [1, 1], fill)}
        y = np.zeros((1, 2) + tuple(np.max(list(found), axis=0) + 1))
        for place, value in found.items():
            y[(slice(None), slice(None)) + place] = value
        c.one(op, {"X": x}, y.astype(x.dtype), kernel=kernel, strides=strides, padding=padding)
    c.one("global_avg_pool2d", {"X": x}, x.mean((2, 3), keepdims=True))
    c.one("global_max_pool2d", {"X": x}, x.max((2, 3), keepdims=True))


def matrices(c):
    for _ in range(3):
        n, m, k = c.size(), c.size(), c.size()
        batch = c.shape(0, 2)
        cut = tuple(1 if c.size(0, 2) == 0 else s for s in batch)[c.size(0, len(batch)):]
        dtype = c.pick(["float32", "float64", "int32", "int8", "uint8"])
        a, b = c.array(batch + (n, k), dtype), c.array(cut + (k, m), dtype)
        ta, tb = bool(c.size(0, 1)), bool(c.size(0, 1))
        y = np.matmul(a, b)
        c.one("matmul", {"A": a.swapaxes(-1, -2).copy() if ta else a,
                         "B": b.swapaxes(-1, -2).copy() if tb else b}, y,
              transpose_a=ta, transpose_b=tb)
    a, b = c.array((4,), "float32"), c.array((2, 4, 3), "float32")
    c.one("matmul", {"A": a, "B": b}, a @ b)
    c.one("matmul", {"A": b.swapaxes(1, 2).copy(), "B": a}, b.swapaxes(1, 2) @ a)
    c.one("matmul", {"A": a, "B": a.copy()}, a @ a)
    x, w = c.array((3, 4), "float16"), c.array((5, 4), "float16")
    c.one("dense", {"X": x, "W": w}, (x.astype("float32") @ w.astype("float32").T).astype("float16"))


def networks(c):
    for op, f in (("softmax", scipy.special.softmax), ("log_softmax", scipy.special.log_softmax)):
        x = c.array(c.shape(1, 3), c.pick(FLOATS))
        axis = c.axis(x.ndim)
        wide = x.astype("float64")
        y = f(wide, axis=axis) if x.size else wide
        c.one(op, {"X": x}, y.astype(x.dtype), axis=axis)
    x = c.array(c.shape(2, 3, least=1), c.pick(["float32", "float64"]))
    g, b = c.array(x.shape[1:], str(x.dtype)), c.array(x.shape[1:], str(x.dtype))
    axes = tuple(range(1, x.ndim))
    mean, var = x.mean(axes, keepdims=True), x.var(axes, keepdims=True)
    c.one("layer_norm", {"X": x, "Gamma": g, "Beta": b}, (x - mean) / np.sqrt(var + 1e-5) * g + b,
          axis=axes, tolerance=1e-3 if x.dtype == "float32" else 1e-9)
    scale = np.sqrt((x**2).mean(axes, keepdims=True) + 1e-6)
    c.one("rms_norm", {"X": x, "Gamma": g}, x / scale * g, axis=axes, tolerance=1e-4)
    m, v = [c.array(x.shape[1:2], str(x.dtype)) for _ in range(2)]
    v, at = abs(v) + np.asarray(0.5, x.dtype), (None, slice(None)) + (None,) * (x.ndim - 2)
    y = (x - m[at]) / np.sqrt(v[at] + 1e-5) * m[at] + v[at]
    c.one("batch_norm", {"X": x, "Gamma": m, "Beta": v, "Mean": m.copy(), "Variance": v.copy()}, y,
          tolerance=1e-4)
    s, t, d, e = c.size(1), c.size(1), c.size(1), c.size(1)
    heads = c.shape(0, 2, least=1)
    q, k, v = [c.array(heads + n, "float32") for n in ((s, d), (t, d), (t, e))]
    causal = bool(c.size(0, 1)) and s <= t
    scores = np.matmul(q, k.swapaxes(-1, -2)).astype("float64") / np.sqrt(d)
    if causal:
        seen = np.arange(t)[None, :] <= np.arange(s)[:, None] + (t - s)
        scores = np.where(seen, scores, -np.inf)
    y = np.matmul(scipy.special.softmax(scores, axis=-1), v).astype("float32")
    c.one("attention", {"Q": q, "K": k, "V": v}, y, causal=causal, tolerance=1e-4)


def indexing(c):
    x = c.array(c.shape(1, 3, least=1), c.pick(NUMBERS))
    axis = c.axis(x.ndim)
    n = x.shape[axis]
    i = c.array(c.shape(0, 2), c.pick(SIGNED), -n, n)
    c.one("take", {"X": x, "Indices": i}, np.take(x, i, axis=axis), axis=axis)
    i = c.array(c.shape(0, 2), "int64", -x.size, x.size)
    c.one("take", {"X": x, "Indices": i}, np.take(x, i), name="take_flat")
    shape = tuple(c.size(1) if d == axis % x.ndim else s for d, s in enumerate(x.shape))
    i = c.array(shape, c.pick(["int32", "int64"]), -n, n)
    c.one("gather", {"X": x, "Indices": i}, np.take_along_axis(x, i.astype("int64"), axis),
          axis=axis)
    u = c.array(shape, str(x.dtype))
    for op in ("scatter", "scatter_add"):
        y = x.copy()
        for at in np.ndindex(*shape):
            to = list(at)
            to[axis] = i[at]
            y[tuple(to)] = u[at] if op == "scatter" else y[tuple(to)] + u[at]
        c.one(op, {"X": x, "Indices": i, "Updates": u}, y, axis=axis)
    i = np.stack([c.array((4,), "int32", -n, n) for n in x.shape], -1)
    c.one("gather_nd", {"X": x, "Indices": i}, x[tuple(i.T)])
    y, u = x.copy(), c.array((4,), str(x.dtype))
    for at, value in zip(i, u):
        y[tuple(at)] = value
    c.one("scatter_nd", {"X": x, "Indices": i, "Updates": u}, y)
    i = c.array(c.shape(), "int32", 0, 5)
    c.one("one_hot", {"Indices": i}, np.eye(5)[i].astype("int8"), depth=5, dtype="int8")
    axes = tuple(int(d) for d in c.random.permutation(x.ndim))
    c.one("transpose", {"X": x}, x.transpose(axes), axes=axes)
    c.one("transpose", {"X": x}, x.T, name="transpose_all")
    c.one("reshape", {"X": x}, x.reshape(1, -1), shape=(1, -1))
    c.one("broadcast_to", {"X": x}, np.broadcast_to(x, (2,) + x.shape), shape=(2,) + x.shape)
    widths = [(c.size(0, 2), c.size(0, 2)) for _ in x.shape]
    c.one("pad", {"X": x}, np.pad(x, widths, constant_values=3), widths=widths, value=3)
    shape = tuple(c.size() if d == axis % x.ndim else s for d, s in enumerate(x.shape))
    b = c.array(shape, str(x.dtype))
    c.one("concatenate", {"A": x, "B": b}, np.concatenate([x, b], axis), axis=axis)
    c.one("flip", {"X": x}, np.flip(x, axis), axis=axis)
    c.one("flip", {"X": x}, np.flip(x), name="flip_all")


def images(c):
    x = c.array((2, c.size(1), c.size(1)), "float64")
    size = (c.size(1, 9), c.size(1, 9))
    coordinates = c.pick(["half_pixel", "align_corners", "asymmetric"])

    def places(old, new):
        i = np.arange(new, dtype="float64")
        if coordinates == "align_corners":
            return i * ((old - 1) / (new - 1) if new > 1 else 0.0)
        return i * (old / new) if coordinates == "asymmetric" else (i + 0.5) * (old / new) - 0.5

    y = x
    for axis, (old, new) in enumerate(zip(x.shape[1:], size), 1):
        at = places(old, new)
        low = np.floor(at)
        weight = (at - low).reshape([-1 if d == axis else 1 for d in range(3)])
        a, b = [np.clip(low + d, 0, old - 1).astype(int) for d in (0, 1)]
        y = np.take(y, a, axis) * (1 - weight) + np.take(y, b, axis) * weight
    c.one("resize", {"X": x}, y, size=size, coordinates=coordinates)
    x = c.array((2, 3, 4), "int16")
    y = x.repeat(2, 1).repeat(3, 2)
    c.one("resize", {"X": x}, y, size=(6, 12), method="nearest", name="resize_nearest")


def transforms(c):
    n = c.pick([11, 22, 0, 1, 2, 3, 4, 5, 6, 7, 8, 12, 13, 16, 30])
    shape = (c.size(1, 3), n)
    re, im = c.array(shape, "float64"), c.array(shape, "float64")
    for op, f in (("fft", np.fft.fft), ("ifft", np.fft.ifft)):
        z = f(re + 1j * im, axis=1) if n else re + 1j * im
        c.add(op, {"Re": re, "Im": im}, {"YRe": z.real, "YIm": z.imag}, tolerance=1e-10)


def boxes(c):
    n = c.size(0, 25)
    corners = c.random.random((n, 2, 4)).astype("float32")
    b = np.round(corners[:, 0] * 64) / 64
    b = np.concatenate([np.minimum(b[:, :2], b[:, 2:]), np.maximum(b[:, :2], b[:, 2:])], 1)
    scores = c.array((n,), "float32")

    def iou(p, q):
        w = max(min(p[2], q[2]) - max(p[0], q[0]), 0)
        h = max(min(p[3], q[3]) - max(p[1], q[1]), 0)
        area = lambda r: (r[2] - r[0]) * (r[3] - r[1])
        union = area(p) + area(q) - w * h
        return w * h / union if union > 0 else 0.0

    left, kept = list(np.argsort(-scores, kind="stable")), []
    while left:
        best = left.pop(0)
        kept.append(best)
        left = [i for i in left if iou(b[best], b[i]) <= np.float32(0.3)]
    selected = np.array(kept + [-1] * (n - len(kept)), "int64")
    c.add("nms", {"Boxes": b, "Scores": scores},
          {"Selected": selected, "Number": np.array([len(kept)], "int64")}, iou_threshold=0.3)
    a = b[: n // 2]
    y = np.array([[iou(p, q) for q in b] for p in a], "float32").reshape(len(a), n)
    c.one("box_iou", {"A": a, "B": b}, y)
    data = c.array((2, c.size(1), 6), "float32")
    y, counts = np.full_like(data, -1), []
    indices = np.full(data.shape[:2], -1, "int32")
    for batch in range(2):
        rows = [i for i in range(data.shape[1]) if data[batch, i, 1] > 0.25 and data[batch, i, 0] >= 0]
        y[batch, : len(rows)], indices[batch, : len(rows)] = data[batch, rows], rows
        counts.append(len(rows))
    c.add("get_valid_counts", {"Data": data},
          {"Counts": np.array(counts, "int32"), "Y": y, "Indices": indices}, score_threshold=0.25)


GROUPS = [elementwise, reductions, sorting, convolutions, matrices, networks, indexing, images,
          transforms, boxes]


def wrong(case, found):
    """What differs from the expected outputs, or None."""
    for name, expected in case.outputs.items():
        value = found.get(name)
        if value is None or value.shape != expected.shape or value.dtype != expected.dtype:
            what = "nothing" if value is None else f"{value.dtype}{value.shape}"
            return f"{name} is {what}, expected {expected.dtype}{expected.shape}"
        if value.dtype.kind == "f":
            tolerance = case.tolerance or TOLERANCE[str(value.dtype)]
            a, b = value.astype("float64"), expected.astype("float64")
            same = np.allclose(a, b, rtol=tolerance, atol=tolerance, equal_nan=True)
        else:
            same = np.array_equal(value, expected)
        if not same:
            return f"{name} is {value.tolist()}\n    expected {expected.tolist()}"
    return None


def run(binary, case, folder):
    folder.mkdir(parents=True)
    script = folder / "script.py"
    script.write_text(f"from tirade import ops\n\nmain = {case.call}\n")
    np.savez(folder / "in.npz", **case.inputs)
    command = [binary, "diff", str(script), "--inputs", str(folder / "in.npz"), "--quiet",
               "--outputs", str(folder / "out.npz")]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode != 0:
        return case, done.stderr.strip() or done.stdout, {}
    found = dict(np.load(folder / "out.npz"))
    return case, wrong(case, found), found


def literal(value):
    if value.dtype.kind == "b":
        return " ".join(str(int(v)) for v in value.flat)
    if value.dtype.kind == "f":
        return " ".join(repr(float(v)) for v in value.flat)
    return " ".join(str(v) for v in value.flat)


def write(folder, case, found):
    """The case as a program of the test corpus."""
    lines = [f"# The operator `{case.name}` on a small case that agrees with numpy.",
             "# RUN: interp run diff"]
    for name, value in case.inputs.items():
        shape = ",".join(map(str, value.shape))
        lines.append(f"# IN {name}: {value.dtype}[{shape}] {literal(value)}")
    lines += [f"# OUT {name}: {literal(found[name])}" for name in case.outputs]
    lines += ["from tirade import ops", "", f"main = {case.call}", ""]
    (folder / f"{case.name}.py").write_text("\n".join(lines))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("binary")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--filter", default="")
    parser.add_argument("--write", type=pathlib.Path)
    args = parser.parse_args()
    cases = []
    for number in range(args.rounds):
        for group in GROUPS:
            made = Cases([args.seed, number, GROUPS.index(group)])
            group(made)
            cases += [case for case in made.list if args.filter in case.name]
    failed, written = 0, set()
    with tempfile.TemporaryDirectory() as folder, concurrent.futures.ThreadPoolExecutor(
        os.cpu_count()
    ) as pool:
        jobs = [pool.submit(run, args.binary, case, pathlib.Path(folder) / str(i))
                for i, case in enumerate(cases)]
        for job in jobs:
            case, why, found = job.result()
            if why is not None:
                failed += 1
                print(f"{case.name}: {case.call}\n    {why}")
            elif args.write and case.name not in written:
                elements = sum(a.size for a in case.inputs.values())
                if 0 < elements <= 120 and any(a.size for a in case.outputs.values()):
                    written.add(case.name)
                    write(args.write, case, found)
    print(f"{len(cases) - failed} of {len(cases)} cases agree")
    return failed != 0


if __name__ == "__main__":
    raise SystemExit(main())
