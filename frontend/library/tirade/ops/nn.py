"""Normalisation and attention. 16-bit floats are computed with in float32."""

from tirade.ops.dtypes import FLOATS, const, lowest, maximum, require, wide, widened
from tirade.ops.linalg import contract
from tirade.ops.operator import Operator, axes_of, axis_of, broadcast, element, volume
from tirade.ops.reduce import fold
from tvm.script import tirx as T


def add(a, b):
    return a + b


def _float_like(name):
    def types(X, *others, **attrs):
        require(name, X.dtype, FLOATS)
        for other in others:
            if other.dtype != X.dtype:
                raise TypeError(f"{name}: inputs are {X.dtype} and {other.dtype}; cast one")
        axes_of(attrs.get("axis", -1), len(X.shape))
        return T.Buffer(X.shape, X.dtype)

    return types


def exponentials(X, axis):
    """`exp(x − the row's largest)`, the row's sum of these, and the row's largest."""
    kind = wide(X.dtype)
    top = fold(X, maximum, lowest(kind), axis, keepdims=True)
    powers = T.compute(
        X.shape, lambda *i: T.exp(widened(X[i], X.dtype) - element(top, i)), name="powers"
    )
    return powers, fold(powers, add, const(0, kind), axis, keepdims=True), top


def _softmax(X, Y, axis=-1):
    """`exp(x) / sum(exp(x))` along an axis or several, without overflow."""
    powers, total, _ = exponentials(X, axis)
    T.compute(Y.shape, lambda *i: T.cast(powers[i] / element(total, i), Y.dtype), out=Y)


def _log_softmax(X, Y, axis=-1):
    """`log(softmax(x))`, computed as `x − max − log(sum(exp(x − max)))`."""
    _, total, top = exponentials(X, axis)

    def value(*i):
        x = widened(X[i], X.dtype) - element(top, i)
        return T.cast(x - T.log(element(total, i)), Y.dtype)

    T.compute(Y.shape, value, out=Y)


softmax = Operator("softmax", "X -> Y", _float_like("softmax"), _softmax)
log_softmax = Operator("log_softmax", "X -> Y", _float_like("log_softmax"), _log_softmax)


# Normalisation -----------------------------------------------------------------------------------


def over_axes(shape, axes, value):
    """`value` where it has the axes `axes` only, as a function of an index into `shape`."""
    return lambda i: value[tuple([i[d] for d in axes])]


def check_weights(name, X, axis, *weights):
    axes = axes_of(axis, len(X.shape))
    expected = [X.shape[d] for d in axes]
    for w in weights:
        if [n for n in w.shape] != expected:
            raise ValueError(f"{name}: weights of shape {tuple(w.shape)} for axes of {expected}")
    return axes


def _layer_norm_type(X, Gamma, Beta, axis=-1, epsilon=1e-5):
    check_weights("layer_norm", X, axis, Gamma, Beta)
    return _float_like("layer_norm")(X, Gamma, Beta, axis=axis)


def _layer_norm(X, Gamma, Beta, Y, axis=-1, epsilon=1e-5):
    """`(x − mean) / sqrt(variance + epsilon) · gamma + beta`, over one axis or several."""
    axes = check_weights("layer_norm", X, axis, Gamma, Beta)
    kind = wide(X.dtype)
    n = T.cast(volume([X.shape[d] for d in axes]), kind)
    total = fold(X, add, const(0, kind), axis, keepdims=True)
    mean = T.compute(total.shape, lambda *i: total[i] / n, name="mean")

    def square(x, index):
        d = T.cast(x, kind) - element(mean, index)
        return d * d

    squares = fold(X, add, const(0, kind), axis, keepdims=True, load=square)
    gamma, beta = over_axes(X.shape, axes, Gamma), over_axes(X.shape, axes, Beta)

    def value(*i):
        deviation = T.sqrt(element(squares, i) / n + const(epsilon, kind))
        x = (widened(X[i], X.dtype) - element(mean, i)) / deviation
        return T.cast(x * T.cast(gamma(i), kind) + T.cast(beta(i), kind), Y.dtype)

    T.compute(Y.shape, value, out=Y)


layer_norm = Operator("layer_norm", "X, Gamma, Beta -> Y", _layer_norm_type, _layer_norm)


def _rms_norm_type(X, Gamma, axis=-1, epsilon=1e-6):
    check_weights("rms_norm", X, axis, Gamma)
    return _float_like("rms_norm")(X, Gamma, axis=axis)


def _rms_norm(X, Gamma, Y, axis=-1, epsilon=1e-6):
    """`x / sqrt(mean(x²) + epsilon) · gamma`, over one axis or several."""
    axes = check_weights("rms_norm", X, axis, Gamma)
    kind = wide(X.dtype)
    n = T.cast(volume([X.shape[d] for d in axes]), kind)

    def square(x, index):
        return T.cast(x, kind) * T.cast(x, kind)

    squares = fold(X, add, const(0, kind), axis, keepdims=True, load=square)
    gamma = over_axes(X.shape, axes, Gamma)

    def value(*i):
        norm = T.sqrt(element(squares, i) / n + const(epsilon, kind))
        return T.cast(widened(X[i], X.dtype) / norm * T.cast(gamma(i), kind), Y.dtype)

    T.compute(Y.shape, value, out=Y)


rms_norm = Operator("rms_norm", "X, Gamma -> Y", _rms_norm_type, _rms_norm)


def _batch_norm_type(X, Gamma, Beta, Mean, Variance, axis=1, epsilon=1e-5):
    check_weights("batch_norm", X, axis, Gamma, Beta, Mean, Variance)
    return _float_like("batch_norm")(X, Gamma, Beta, Mean, Variance, axis=axis)


def _batch_norm(X, Gamma, Beta, Mean, Variance, Y, axis=1, epsilon=1e-5):
    """`(x − mean) / sqrt(variance + epsilon) · gamma + beta` with statistics that are given for
    each channel."""
    d, kind = axis_of(axis, len(X.shape)), wide(X.dtype)

    def value(*i):
        gamma, beta, mean, variance = [
            T.cast(W[i[d]], kind) for W in (Gamma, Beta, Mean, Variance)
        ]
        x = (widened(X[i], X.dtype) - mean) / T.sqrt(variance + const(epsilon, kind))
        return T.cast(x * gamma + beta, Y.dtype)

    T.compute(Y.shape, value, out=Y)


batch_norm = Operator(
    "batch_norm", "X, Gamma, Beta, Mean, Variance -> Y", _batch_norm_type, _batch_norm
)


# Attention ---------------------------------------------------------------------------------------


def _attention_type(Q, K, V, scale=None, causal=False):
    _float_like("attention")(Q, K, V)
    ranks = [len(X.shape) for X in (Q, K, V)]
    if min(*ranks) < 2:
        raise TypeError("attention takes queries, keys and values of rank 2 or more")
    if Q.shape[-1] != K.shape[-1] or K.shape[-2] != V.shape[-2]:
        raise ValueError(
            f"attention: shapes {tuple(Q.shape)}, {tuple(K.shape)}, {tuple(V.shape)} do not fit"
        )
    batch = broadcast(tuple(Q.shape[:-2]), tuple(K.shape[:-2]), tuple(V.shape[:-2]))
    return T.Buffer(batch + (Q.shape[-2], V.shape[-1]), Q.dtype)


def _of_batch(X, batch, row, column):
    own = batch[len(batch) - (len(X.shape) - 2) :]
    own = [0 if n == 1 else i for n, i in zip(X.shape[:-2], own)]
    return X[tuple(own + [row, column])]


def _attention(Q, K, V, Y, scale=None, causal=False):
    """`softmax(Q Kᵀ · scale) V`, for batches and heads as leading axes. The scale is
    `1 / sqrt(size of a query)` unless it is given. With `causal`, a query sees the keys up to its
    own place, counted from the last ones."""
    kind = wide(Q.dtype)
    n_queries, n_keys, size = Q.shape[-2], K.shape[-2], Q.shape[-1]
    scale = size**-0.5 if scale is None else scale
    scores = T.alloc_buffer(tuple(Y.shape[:-2]) + (n_queries, n_keys), kind)

    def product(i, k):
        batch, q, t = list(i[:-2]), i[-2], i[-1]
        left = T.cast(_of_batch(Q, batch, q, k[0]), kind)
        return left * T.cast(_of_batch(K, batch, t, k[0]), kind)

    contract(scores, [size], product, kind)

    def scaled(*i):
        score = scores[i] * const(scale, kind)
        if causal:
            seen = i[-1] <= i[-2] + (n_keys - n_queries)
            score = T.Select(seen, score, lowest(kind))
        return score

    masked = T.compute(scores.shape, scaled, name="masked")
    powers, total, _ = exponentials(masked, -1)

    def weighted(i, k):
        batch, q, e = list(i[:-2]), i[-2], i[-1]
        at = tuple(batch + [q, k[0]])
        share = powers[at] / element(total, at)
        return share * T.cast(_of_batch(V, batch, k[0], e), kind)

    contract(Y, [n_keys], weighted, kind)


attention = Operator("attention", "Q, K, V -> Y", _attention_type, _attention)
