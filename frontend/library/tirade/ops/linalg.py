"""Products of matrices."""

from tirade.ops.dtypes import NUMBERS, const, require, wide
from tirade.ops.operator import Operator, broadcast, empty
from tvm.script import tirx as T


def contract(Y, extents, value, kind):
    """`Y[i]` is the sum over `k` of `value(i, k)`, added up in the type `kind`."""
    if empty(extents):
        T.compute(Y.shape, lambda *i: const(0, Y.dtype), out=Y)
        return
    k = [T.reduce_axis((0, n), f"k{d}") for d, n in enumerate(extents)]

    def total(*i):
        return T.sum(T.cast(value(i, k), kind), axis=k)

    if kind == Y.dtype:
        T.compute(Y.shape, total, out=Y)
    else:
        sums = T.compute(Y.shape, total, name="sums")
        T.compute(Y.shape, lambda *i: T.cast(sums[i], Y.dtype), out=Y)


def _shapes(A, B, transpose_a, transpose_b):
    """The shapes of the factors as matrices in batches; a vector is a row or a column."""
    a, b = list(A.shape), list(B.shape)
    if not a or not b:
        raise TypeError("matmul takes arrays of rank 1 or more")
    a = [1] + a if len(a) == 1 else a
    b = b + [1] if len(b) == 1 else b
    if transpose_a and len(A.shape) > 1:
        a[-2], a[-1] = a[-1], a[-2]
    if transpose_b and len(B.shape) > 1:
        b[-2], b[-1] = b[-1], b[-2]
    if isinstance(a[-1], int) and isinstance(b[-2], int) and a[-1] != b[-2]:
        raise ValueError(f"matmul: shapes {tuple(A.shape)} and {tuple(B.shape)} do not fit")
    return a, b


def _matmul_type(A, B, transpose_a=False, transpose_b=False, dtype=None):
    require("matmul", A.dtype, NUMBERS)
    if A.dtype != B.dtype:
        raise TypeError(f"matmul: inputs are {A.dtype} and {B.dtype}; cast one")
    a, b = _shapes(A, B, transpose_a, transpose_b)
    rows = [] if len(A.shape) == 1 else [a[-2]]
    columns = [] if len(B.shape) == 1 else [b[-1]]
    batch = broadcast(tuple(a[:-2]), tuple(b[:-2]))
    return T.Buffer(batch + tuple(rows + columns), dtype or A.dtype)


def _at(X, batch, row, column, transposed):
    """An element of one matrix of the batch."""
    if len(X.shape) == 1:
        return X[column if row is None else row]
    own = batch[len(batch) - (len(X.shape) - 2) :]
    own = [0 if n == 1 else i for n, i in zip(X.shape[:-2], own)]
    return X[tuple(own + ([column, row] if transposed else [row, column]))]


def _matmul(A, B, Y, transpose_a=False, transpose_b=False, dtype=None):
    """The product of matrices, or of batches of them, as `numpy.matmul`: leading axes are
    broadcast, a vector is a row on the left and a column on the right. The last two axes of a
    factor may be exchanged. Sums are added up in the type of the result; 16-bit floats in
    float32."""
    a, _ = _shapes(A, B, transpose_a, transpose_b)
    kind = wide(Y.dtype)
    n_rows, n_columns = int(len(A.shape) > 1), int(len(B.shape) > 1)

    def product(i, k):
        i = list(i)
        column = i.pop() if n_columns else None
        row = i.pop() if n_rows else None
        left = _at(A, i, row, k[0], transpose_a) if n_rows else A[k[0]]
        right = _at(B, i, k[0], column, transpose_b) if n_columns else B[k[0]]
        return T.cast(left, kind) * T.cast(right, kind)

    contract(Y, [a[-1]], product, kind)


matmul = Operator("matmul", "A, B -> Y", _matmul_type, _matmul)


def _dense_type(X, W, dtype=None):
    return _matmul_type(X, W, False, True, dtype)


def _dense(X, W, Y, dtype=None):
    """`X` times the transpose of `W`: a layer with weights of shape (outputs, inputs)."""
    _matmul(X, W, Y, False, True, dtype)


dense = Operator("dense", "X, W -> Y", _dense_type, _dense)
