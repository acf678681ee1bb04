"""Discrete Fourier transforms of any length, with real and imaginary parts in two arrays."""

from tirade.ops.dtypes import const, require
from tirade.ops.operator import Operator, axis_of, each_row, local
from tvm.script import tirx as T

DTYPES = ("float32", "float64")
TURN = 6.283185307179586
# The terms of larger radices are added up by a loop.
UNROLLED = 8


def radices(n):
    """Factors of `n`: fours first, then primes."""
    found = []
    while n % 4 == 0:
        found.append(4)
        n = n // 4
    p = 2
    while p * p <= n:
        while n % p == 0:
            found.append(p)
            n = n // p
        p = p + 1
    return found + [n] if n > 1 else found


def _fft_type(Re, Im, axis=-1, inverse=False):
    require("fft", Re.dtype, DTYPES)
    if Re.dtype != Im.dtype or [n for n in Re.shape] != [n for n in Im.shape]:
        raise TypeError("fft: the two parts have different shapes or dtypes")
    size = Re.shape[axis_of(axis, len(Re.shape))]
    if not isinstance(size, int):
        raise ValueError(f"fft: the length {size} is not a constant")
    return T.Buffer(Re.shape, Re.dtype), T.Buffer(Re.shape, Re.dtype)


def roots(n, dtype, inverse):
    """Cosine and sine of all multiples of an `n`-th of a turn, computed in float64."""
    sign = 1.0 if inverse else -1.0

    def table(function):
        def value(t):
            angle = T.cast(t, "float64") * T.float64(sign * TURN / n)
            return T.cast(function(angle), dtype)

        return T.compute((n,), value, name="roots")

    return table(T.cos), table(T.sin)


def _fft(Re, Im, YRe, YIm, axis=-1, inverse=False):
    """`Y[k] = Σ X[j] · exp(−2πi·jk/n)` along an axis; the inverse has the other sign and divides
    by n. A mixed-radix transform in the order of Stockham: after the radices p₁ … pₛ, with
    `l = p₁·…·pₛ` and `s = n / l`, element `m + s·k` is the transform of length `l` of every s-th
    element from `m` on, at `k`."""
    axis = axis_of(axis, len(Re.shape))
    n, dtype = Re.shape[axis], Re.dtype
    if n == 0:
        return
    cosines, sines = roots(n, dtype, inverse)

    def row(at):
        re = T.sblock_alloc_buffer((2, n), dtype)
        im = T.sblock_alloc_buffer((2, n), dtype)
        for i in T.serial(n):
            re[0, i] = Re[at(i)]
            im[0, i] = Im[at(i)]
        source, length = 0, 1
        for p in radices(n):
            combine(re, im, source, length, p)
            source, length = 1 - source, length * p
        for i in T.serial(n):
            scale = const(1.0 / n if inverse else 1.0, dtype)
            YRe[at(i)] = re[source, i] * scale if inverse else re[source, i]
            YIm[at(i)] = im[source, i] * scale if inverse else im[source, i]

    def combine(re, im, source, length, p):
        """From transforms of `length` to those of `length · p`."""
        longer = length * p
        step = n // longer

        def term(k, m, j):
            place = m + j * step + (step * p) * (k % length)
            turn = (j * k) % longer * step
            x, y = re[source, place], im[source, place]
            c, s = cosines[turn], sines[turn]
            return x * c - y * s, x * s + y * c

        for k in T.serial(longer):
            for m in T.serial(step):
                # The first term is turned by nothing.
                first = m + (step * p) * (k % length)
                if p <= UNROLLED:
                    sum_re, sum_im = re[source, first], im[source, first]
                    for j in range(1, p):
                        a, b = term(k, m, j)
                        sum_re, sum_im = sum_re + a, sum_im + b
                else:
                    total_re = local(dtype, re[source, first])
                    total_im = local(dtype, im[source, first])
                    for j in T.serial(1, p):
                        a, b = term(k, m, j)
                        total_re[0] = total_re[0] + a
                        total_im[0] = total_im[0] + b
                    sum_re, sum_im = total_re[0], total_im[0]
                re[1 - source, m + step * k] = sum_re
                im[1 - source, m + step * k] = sum_im

    each_row(Re.shape, axis, "fft", row)


fft = Operator("fft", "Re, Im -> YRe, YIm", _fft_type, _fft)


def _ifft_type(Re, Im, axis=-1):
    return _fft_type(Re, Im, axis)


def _ifft(Re, Im, YRe, YIm, axis=-1):
    """The inverse of `fft`."""
    _fft(Re, Im, YRe, YIm, axis, inverse=True)


ifft = Operator("ifft", "Re, Im -> YRe, YIm", _ifft_type, _ifft)
