"""Elements chosen by indices, and arrays in another arrangement.

Indices of the operators below may be negative, as in numpy: they count from the end. An index that
lies outside is an access out of bounds: the interpreter reports it.
"""

from tirade.ops.dtypes import ALL, INTEGERS, const, require
from tirade.ops.operator import Operator, axis_of, broadcast, element, volume
from tvm.script import tirx as T


def wrapped(i, n):
    """An index into `n` elements of which negative ones count from the end."""
    if i.dtype.startswith("uint"):
        return T.cast(i, "int64")
    return T.cast(T.if_then_else(i < const(0, i.dtype), i + T.cast(n, i.dtype), i), "int64")


def unravel(i, shape):
    """The index of element `i` in row-major order."""
    at = []
    for n in reversed(shape):
        at = [i % n] + at
        i = i // n
    return at


# Reading by indices ------------------------------------------------------------------------------


def _take_type(X, Indices, axis=None):
    require("take", Indices.dtype, INTEGERS)
    if axis is None:
        return T.Buffer(Indices.shape, X.dtype)
    axis = axis_of(axis, len(X.shape))
    shape = tuple(X.shape[:axis]) + tuple(Indices.shape) + tuple(X.shape[axis + 1 :])
    return T.Buffer(shape, X.dtype)


def _take(X, Indices, Y, axis=None):
    """The slices at the indices along an axis; without one, elements in row-major order."""
    rank = len(Indices.shape)
    if axis is None:
        count = volume(X.shape)

        def element_at(*i):
            at = unravel(wrapped(Indices[i], count), list(X.shape))
            return X[tuple(at)]

        T.compute(Y.shape, element_at, out=Y)
        return
    axis = axis_of(axis, len(X.shape))

    def slice_at(*i):
        place = wrapped(Indices[i[axis : axis + rank]], X.shape[axis])
        return X[tuple(list(i[:axis]) + [place] + list(i[axis + rank :]))]

    T.compute(Y.shape, slice_at, out=Y)


take = Operator("take", "X, Indices -> Y", _take_type, _take)


def _gather_type(X, Indices, axis=-1):
    require("gather", Indices.dtype, INTEGERS)
    axis_of(axis, len(X.shape))
    if len(Indices.shape) != len(X.shape):
        raise TypeError(f"gather: indices of rank {len(Indices.shape)} into rank {len(X.shape)}")
    return T.Buffer(Indices.shape, X.dtype)


def _gather(X, Indices, Y, axis=-1):
    """`Y[…, j, …] = X[…, Indices[…, j, …], …]`, as `numpy.take_along_axis`."""
    axis = axis_of(axis, len(X.shape))

    def value(*i):
        place = wrapped(Indices[i], X.shape[axis])
        return X[tuple([place if d == axis else v for d, v in enumerate(i)])]

    T.compute(Y.shape, value, out=Y)


gather = Operator("gather", "X, Indices -> Y", _gather_type, _gather)


def _gather_nd_type(X, Indices):
    require("gather_nd", Indices.dtype, INTEGERS)
    depth = Indices.shape[-1]
    return T.Buffer(tuple(Indices.shape[:-1]) + tuple(X.shape[depth:]), X.dtype)


def _gather_nd(X, Indices, Y):
    """The slices of X at the indices that stand along the last axis of Indices."""
    depth, rank = Indices.shape[-1], len(Indices.shape) - 1

    def value(*i):
        at = [
            wrapped(Indices[tuple(list(i[:rank]) + [d])], X.shape[d]) for d in range(depth)
        ]
        return X[tuple(at + list(i[rank:]))]

    T.compute(Y.shape, value, out=Y)


gather_nd = Operator("gather_nd", "X, Indices -> Y", _gather_nd_type, _gather_nd)


# Writing by indices ------------------------------------------------------------------------------


def in_order(shape, body):
    """Runs `body(at)` for every index of `shape`, one after the other in row-major order."""
    with T.sblock("scatter"):

        def nest(at, sizes):
            if not sizes:
                body(at)
                return
            for k in T.serial(sizes[0]):
                nest(at + [k], sizes[1:])

        nest([], list(shape))


def scattering(name, update):
    def types(X, Indices, Updates, axis=-1):
        require(name, Indices.dtype, INTEGERS)
        axis_of(axis, len(X.shape))
        if [n for n in Indices.shape] != [n for n in Updates.shape]:
            raise ValueError(f"{name}: indices and updates have different shapes")
        if X.dtype != Updates.dtype:
            raise TypeError(f"{name}: inputs are {X.dtype} and {Updates.dtype}; cast one")
        return T.Buffer(X.shape, X.dtype)

    def body(X, Indices, Updates, Y, axis=-1):
        axis = axis_of(axis, len(X.shape))
        T.compute(Y.shape, lambda *i: X[i], out=Y)

        def put(at):
            place = T.bind(wrapped(Indices[tuple(at)], X.shape[axis]))
            where = tuple([place if d == axis else v for d, v in enumerate(at)])
            Y[where] = update(Y[where], Updates[tuple(at)])

        in_order(Indices.shape, put)

    return Operator(name, "X, Indices, Updates -> Y", types, body)


scatter = scattering("scatter", lambda old, new: new)
scatter_add = scattering("scatter_add", lambda old, new: old + new)
scatter_max = scattering("scatter_max", lambda old, new: T.max(old, new))
scatter_min = scattering("scatter_min", lambda old, new: T.min(old, new))


def _scatter_nd_type(X, Indices, Updates):
    require("scatter_nd", Indices.dtype, INTEGERS)
    if X.dtype != Updates.dtype:
        raise TypeError(f"scatter_nd: inputs are {X.dtype} and {Updates.dtype}; cast one")
    return T.Buffer(X.shape, X.dtype)


def _scatter_nd(X, Indices, Updates, Y):
    """X with the slices at the indices along the last axis of Indices replaced, in order."""
    depth, rank = Indices.shape[-1], len(Indices.shape) - 1
    T.compute(Y.shape, lambda *i: X[i], out=Y)

    def put(at):
        head = at[:rank]
        place = [wrapped(Indices[tuple(head + [d])], X.shape[d]) for d in range(depth)]
        Y[tuple(place + at[rank:])] = Updates[tuple(at)]

    in_order(Updates.shape, put)


scatter_nd = Operator("scatter_nd", "X, Indices, Updates -> Y", _scatter_nd_type, _scatter_nd)


def _one_hot_type(Indices, depth, on=1, off=0, dtype="float32"):
    require("one_hot", Indices.dtype, INTEGERS)
    return T.Buffer(tuple(Indices.shape) + (depth,), dtype)


def _one_hot(Indices, Y, depth, on=1, off=0, dtype="float32"):
    """`on` at the place that each index names along a new last axis, `off` elsewhere."""

    def value(*i):
        here = Indices[i[:-1]] == T.cast(i[-1], Indices.dtype)
        return T.Select(here, const(on, dtype), const(off, dtype))

    T.compute(Y.shape, value, out=Y)


one_hot = Operator("one_hot", "Indices -> Y", _one_hot_type, _one_hot)


# Another arrangement -----------------------------------------------------------------------------


def _order(axes, rank):
    order = list(reversed(range(rank))) if axes is None else [axis_of(a, rank) for a in axes]
    if sorted(order) != list(range(rank)):
        raise ValueError(f"transpose: {axes} is no order of {rank} axes")
    return order


def _transpose_type(X, axes=None):
    return T.Buffer(tuple([X.shape[d] for d in _order(axes, len(X.shape))]), X.dtype)


def _transpose(X, Y, axes=None):
    """The axes in another order; reversed if none is given."""
    order = _order(axes, len(X.shape))

    def value(*i):
        return X[tuple([i[order.index(d)] for d in range(len(X.shape))])]

    T.compute(Y.shape, value, out=Y)


transpose = Operator("transpose", "X -> Y", _transpose_type, _transpose)


def _reshape_type(X, shape):
    known = [n for n in shape if n != -1]
    if len(known) + 1 < len(shape):
        raise ValueError(f"reshape: {tuple(shape)} leaves more than one size open")
    rest = volume(X.shape) // volume(known) if volume(known) != 0 else 0
    shape = tuple([rest if n == -1 else n for n in shape])
    if volume(shape) != volume(X.shape):
        raise ValueError(f"reshape: {tuple(X.shape)} and {shape} have different sizes")
    return T.Buffer(shape, X.dtype)


def _reshape(X, Y, shape):
    """The elements in row-major order in another shape; one size may be -1."""

    def value(*i):
        flat = 0
        for v, n in zip(i, Y.shape):
            flat = flat * n + v
        return X[tuple(unravel(flat, list(X.shape)))]

    T.compute(Y.shape, value, out=Y)


reshape = Operator("reshape", "X -> Y", _reshape_type, _reshape)


def _broadcast_to_type(X, shape):
    if [n for n in broadcast(tuple(X.shape), tuple(shape))] != [n for n in shape]:
        raise ValueError(f"broadcast_to: {tuple(X.shape)} does not broadcast to {tuple(shape)}")
    return T.Buffer(tuple(shape), X.dtype)


def _broadcast_to(X, Y, shape):
    T.compute(Y.shape, lambda *i: element(X, i), out=Y)


broadcast_to = Operator("broadcast_to", "X -> Y", _broadcast_to_type, _broadcast_to)


def _pad_type(X, widths, value=0):
    if len(widths) != len(X.shape):
        raise ValueError(f"pad: {len(widths)} pairs for an array of rank {len(X.shape)}")
    return T.Buffer(tuple([n + a + b for n, (a, b) in zip(X.shape, widths)]), X.dtype)


def _pad(X, Y, widths, value=0):
    """X with `(before, after)` elements of one value added along each axis."""

    def padded(*i):
        at = [v - a for v, (a, _) in zip(i, widths)]
        tests = []
        for v, n in zip(at, X.shape):
            tests = tests + [v >= 0, v < n]
        return T.if_then_else(T.all(*tests), X[tuple(at)], const(value, X.dtype)) if at else X[()]

    T.compute(Y.shape, padded, out=Y)


pad = Operator("pad", "X -> Y", _pad_type, _pad)


def _concatenate_type(A, B, axis=0):
    axis = axis_of(axis, len(A.shape))
    if A.dtype != B.dtype:
        raise TypeError(f"concatenate: inputs are {A.dtype} and {B.dtype}; cast one")
    rest = [[n for d, n in enumerate(X.shape) if d != axis] for X in (A, B)]
    if rest[0] != rest[1]:
        raise ValueError(f"concatenate: shapes {tuple(A.shape)} and {tuple(B.shape)} do not fit")
    both = A.shape[axis] + B.shape[axis]
    return T.Buffer(tuple([both if d == axis else n for d, n in enumerate(A.shape)]), A.dtype)


def _concatenate(A, B, Y, axis=0):
    """A, and B behind it along an axis."""
    axis = axis_of(axis, len(A.shape))
    first = A.shape[axis]

    def value(*i):
        later = tuple([v - first if d == axis else v for d, v in enumerate(i)])
        return T.if_then_else(i[axis] < first, A[i], B[later])

    T.compute(Y.shape, value, out=Y)


concatenate = Operator("concatenate", "A, B -> Y", _concatenate_type, _concatenate)


def _flip_type(X, axis=None):
    return T.Buffer(X.shape, X.dtype)


def _flip(X, Y, axis=None):
    """The elements along an axis (all axes if none is given) in reverse."""
    rank = len(X.shape)
    axes = list(range(rank)) if axis is None else [axis_of(axis, rank)]

    def value(*i):
        return X[tuple([X.shape[d] - 1 - v if d in axes else v for d, v in enumerate(i)])]

    T.compute(Y.shape, value, out=Y)


flip = Operator("flip", "X -> Y", _flip_type, _flip)
