"""The same kernels, scheduled by hand: tiles, packing, accumulators and vectors, all written as TIR.

Floating point is strict: every sum is added in the order that stands here.
"""

from tvm.script import tirx as T


def sgemm(name, n, rows=8, columns=16, depth=512):
    """Panels of B are packed once; a tile of C of `rows × columns` stays in registers while it runs
    through a panel of `depth` rows."""

    @T.prim_func(s_tir=True)
    def sgemm(
        A: T.Buffer((n, n), "float32"), B: T.Buffer((n, n), "float32"), C: T.Buffer((n, n), "float32")
    ):
        packed = T.alloc_buffer((n // columns, n, columns), "float32")
        for jo in T.parallel(n // columns):
            for k in range(n):
                for v in T.vectorized(columns):
                    packed[jo, k, v] = B[k, jo * columns + v]
        for io in T.parallel(n // rows):
            for ko in range(n // depth):
                for jo in range(n // columns):
                    tile = T.alloc_buffer((rows, columns), "float32", scope="local")
                    for i in T.unroll(rows):
                        for v in T.vectorized(columns):
                            tile[i, v] = T.if_then_else(
                                ko == 0, T.float32(0), C[io * rows + i, jo * columns + v]
                            )
                    for k in range(depth):
                        for i in T.unroll(rows):
                            for v in T.vectorized(columns):
                                tile[i, v] = (
                                    tile[i, v]
                                    + A[io * rows + i, ko * depth + k]
                                    * packed[jo, ko * depth + k, v]
                                )
                    for i in T.unroll(rows):
                        for v in T.vectorized(columns):
                            C[io * rows + i, jo * columns + v] = tile[i, v]

    return sgemm.with_attr("global_symbol", name)


sgemm512 = sgemm("sgemm512", 512)
sgemm1024 = sgemm("sgemm1024", 1024)


@T.prim_func(s_tir=True)
def rowsum4096(A: T.Buffer((4096, 4096), "float32"), B: T.Buffer((4096,), "float32")):
    for i in T.parallel(4096):
        parts = T.alloc_buffer((4, 16), "float32", scope="local")
        for u in T.unroll(4):
            for v in T.vectorized(16):
                parts[u, v] = T.float32(0)
        for k in range(64):
            for u in T.unroll(4):
                for v in T.vectorized(16):
                    parts[u, v] = parts[u, v] + A[i, k * 64 + u * 16 + v]
        sums = T.alloc_buffer((16,), "float32", scope="local")
        for v in T.vectorized(16):
            sums[v] = (parts[0, v] + parts[1, v]) + (parts[2, v] + parts[3, v])
        B[i] = T.float32(0)
        for v in range(16):
            B[i] = B[i] + sums[v]


@T.prim_func(s_tir=True)
def colsum4096(A: T.Buffer((4096, 4096), "float32"), B: T.Buffer((4096,), "float32")):
    for jo in T.parallel(4):
        for j in range(64):
            for v in T.vectorized(16):
                B[jo * 1024 + j * 16 + v] = T.float32(0)
        for k, j in T.grid(256, 64):
            sums = T.alloc_buffer((16,), "float32", scope="local")
            for v in T.vectorized(16):
                sums[v] = B[jo * 1024 + j * 16 + v]
            for u in T.unroll(16):
                for v in T.vectorized(16):
                    sums[v] = sums[v] + A[k * 16 + u, jo * 1024 + j * 16 + v]
            for v in T.vectorized(16):
                B[jo * 1024 + j * 16 + v] = sums[v]


def kept(s):
    """Lanes of two rows `s` apart that the upper one gets: where bit `s` is set, the lower one's."""
    return [lane + 16 - s if lane & s else lane for lane in range(16)]


def given(s):
    """Lanes of two rows `s` apart that the lower one gets."""
    return [lane + 16 if lane & s else lane + s for lane in range(16)]


@T.inline
def exchange(rows, result, s):
    """Transposes the bit `s` of row and column numbers of a tile."""
    for p in T.unroll(8 // s):
        for q in T.unroll(s):
            upper = T.meta_var(p * 2 * s + q)
            pair = T.meta_var([rows[upper, T.Ramp(0, 1, 16)], rows[upper + s, T.Ramp(0, 1, 16)]])
            result[upper, 0:16] = T.Shuffle(pair, kept(s))
            result[upper + s, 0:16] = T.Shuffle(pair, given(s))


@T.prim_func(s_tir=True)
def transpose4096(A: T.Buffer((4096, 4096), "float32"), B: T.Buffer((4096, 4096), "float32")):
    for io in T.parallel(64, annotations={"tirade.stream": True}):
        for j, i in T.grid(256, 4):
            tile = T.alloc_buffer((16, 16), "float32", scope="local")
            other = T.alloc_buffer((16, 16), "float32", scope="local")
            for k in T.unroll(16):
                for v in T.vectorized(16):
                    tile[k, v] = A[j * 16 + k, io * 64 + i * 16 + v]
            exchange(tile, other, 1)
            exchange(other, tile, 2)
            exchange(tile, other, 4)
            exchange(other, tile, 8)
            for k in T.unroll(16):
                for v in T.vectorized(16):
                    B[io * 64 + i * 16 + k, j * 16 + v] = tile[k, v]


@T.prim_func(s_tir=True)
def badd4096(
    A: T.Buffer((4096, 4096), "float32"),
    B: T.Buffer((4096,), "float32"),
    C: T.Buffer((4096, 4096), "float32"),
):
    for i in T.parallel(4096, annotations={"tirade.stream": True}):
        for j in range(256):
            for v in T.vectorized(16):
                C[i, j * 16 + v] = A[i, j * 16 + v] + B[j * 16 + v]


@T.prim_func(s_tir=True)
def stencil2048(A: T.Buffer((2050, 2050), "float32"), B: T.Buffer((2048, 2048), "float32")):
    for i in T.parallel(2048):
        for j in range(128):
            for v in T.vectorized(16):
                B[i, j * 16 + v] = (
                    A[i, j * 16 + v + 1]
                    + A[i + 1, j * 16 + v]
                    + A[i + 1, j * 16 + v + 1]
                    + A[i + 1, j * 16 + v + 2]
                ) + A[i + 2, j * 16 + v + 1]


@T.prim_func(s_tir=True)
def dwconv(
    X: T.Buffer((96, 114, 114), "float32"),
    W: T.Buffer((96, 3, 3), "float32"),
    Y: T.Buffer((96, 112, 112), "float32"),
):
    for c in T.parallel(96):
        for y in range(112):
            for xo in range(7):
                sums = T.alloc_buffer((16,), "float32", scope="local")
                for v in T.vectorized(16):
                    sums[v] = T.float32(0)
                for i in T.unroll(3):
                    for j in T.unroll(3):
                        for v in T.vectorized(16):
                            sums[v] = sums[v] + X[c, y + i, xo * 16 + v + j] * W[c, i, j]
                for v in T.vectorized(16):
                    Y[c, y, xo * 16 + v] = sums[v]


@T.prim_func(s_tir=True)
def conv3x3(
    X: T.Buffer((64, 56, 56), "float32"),
    W: T.Buffer((64, 64, 3, 3), "float32"),
    Y: T.Buffer((64, 56, 56), "float32"),
):
    P = T.alloc_buffer((64, 58, 58), "float32")
    packed = T.alloc_buffer((2, 64, 3, 3, 32), "float32")
    for c in T.parallel(64):
        for y, x in T.grid(58, 58):
            P[c, y, x] = T.if_then_else(
                y >= 1 and y < 57 and x >= 1 and x < 57, X[c, y - 1, x - 1], T.float32(0)
            )
    for oo in T.parallel(2):
        for c, i, j in T.grid(64, 3, 3):
            for o in range(32):
                packed[oo, c, i, j, o] = W[oo * 32 + o, c, i, j]
    for y in T.parallel(56):
        for oo in range(2):
            for xo in range(7):
                tile = T.alloc_buffer((8, 32), "float32", scope="local")
                turned = T.alloc_buffer((8, 32), "float32")
                for x in T.unroll(8):
                    for v in T.vectorized(32):
                        tile[x, v] = T.float32(0)
                for c in range(64):
                    for i in range(3):
                        for j in T.unroll(3):
                            for x in T.unroll(8):
                                for v in T.vectorized(32):
                                    tile[x, v] = (
                                        tile[x, v]
                                        + P[c, y + i, xo * 8 + x + j] * packed[oo, c, i, j, v]
                                    )
                for x in T.unroll(8):
                    for v in T.vectorized(32):
                        turned[x, v] = tile[x, v]
                for o in range(32):
                    for x in range(8):
                        Y[oo * 32 + o, y, xo * 8 + x] = turned[x, o]


@T.prim_func(s_tir=True)
def layernorm(
    X: T.Buffer((1024, 1024), "float32"),
    G: T.Buffer((1024,), "float32"),
    B: T.Buffer((1024,), "float32"),
    Y: T.Buffer((1024, 1024), "float32"),
):
    for i in T.parallel(1024):
        sums = T.alloc_buffer((4, 16), "float32", scope="local")
        scalars = T.alloc_buffer((2,), "float32")
        for u in T.unroll(4):
            for v in T.vectorized(16):
                sums[u, v] = T.float32(0)
        for k in range(16):
            for u in T.unroll(4):
                for v in T.vectorized(16):
                    sums[u, v] = sums[u, v] + X[i, k * 64 + u * 16 + v]
        row = T.alloc_buffer((16,), "float32", scope="local")
        for v in T.vectorized(16):
            row[v] = (sums[0, v] + sums[1, v]) + (sums[2, v] + sums[3, v])
        scalars[0] = T.float32(0)
        for v in range(16):
            scalars[0] = scalars[0] + row[v]
        scalars[0] = scalars[0] / T.float32(1024)
        for u in T.unroll(4):
            for v in T.vectorized(16):
                sums[u, v] = T.float32(0)
        for k in range(16):
            for u in T.unroll(4):
                for v in T.vectorized(16):
                    sums[u, v] = sums[u, v] + (X[i, k * 64 + u * 16 + v] - scalars[0]) * (
                        X[i, k * 64 + u * 16 + v] - scalars[0]
                    )
        for v in T.vectorized(16):
            row[v] = (sums[0, v] + sums[1, v]) + (sums[2, v] + sums[3, v])
        scalars[1] = T.float32(0)
        for v in range(16):
            scalars[1] = scalars[1] + row[v]
        scalars[1] = T.sqrt(scalars[1] / T.float32(1024) + T.float32(1e-5))
        for j in range(64):
            for v in T.vectorized(16):
                Y[i, j * 16 + v] = (X[i, j * 16 + v] - scalars[0]) / scalars[1] * G[j * 16 + v] + B[
                    j * 16 + v
                ]


@T.prim_func(s_tir=True)
def softmax(X: T.Buffer((1024, 1024), "float32"), Y: T.Buffer((1024, 1024), "float32")):
    for i in T.parallel(1024):
        lanes = T.alloc_buffer((4, 16), "float32", scope="local")
        row = T.alloc_buffer((16,), "float32")
        most = T.alloc_buffer((1,), "float32")
        total = T.alloc_buffer((1,), "float32")
        for u in T.unroll(4):
            for v in T.vectorized(16):
                lanes[u, v] = X[i, u * 16 + v]
        for k in range(1, 16):
            for u in T.unroll(4):
                for v in T.vectorized(16):
                    lanes[u, v] = T.max(lanes[u, v], X[i, k * 64 + u * 16 + v])
        for v in T.vectorized(16):
            row[v] = T.max(T.max(lanes[0, v], lanes[1, v]), T.max(lanes[2, v], lanes[3, v]))
        most[0] = row[0]
        for v in range(1, 16):
            most[0] = T.max(most[0], row[v])
        for u in T.unroll(4):
            for v in T.vectorized(16):
                lanes[u, v] = T.float32(0)
        for k in range(16):
            for u in T.unroll(4):
                for v in T.vectorized(16):
                    Y[i, k * 64 + u * 16 + v] = T.exp(X[i, k * 64 + u * 16 + v] - most[0])
                for v in T.vectorized(16):
                    lanes[u, v] = lanes[u, v] + Y[i, k * 64 + u * 16 + v]
        for v in T.vectorized(16):
            row[v] = (lanes[0, v] + lanes[1, v]) + (lanes[2, v] + lanes[3, v])
        total[0] = T.float32(0)
        for v in range(16):
            total[0] = total[0] + row[v]
        total[0] = T.float32(1) / total[0]
        for j in range(64):
            for v in T.vectorized(16):
                Y[i, j * 16 + v] = Y[i, j * 16 + v] * total[0]


@T.prim_func(s_tir=True)
def gelu16M(X: T.Buffer((16777216,), "float32"), Y: T.Buffer((16777216,), "float32")):
    for i in T.parallel(1048576):
        for v in T.vectorized(16):
            Y[i * 16 + v] = X[i * 16 + v] * T.float32(0.5) * (
                T.float32(1) + T.erf(X[i * 16 + v] * T.float32(0.7071067811865476))
            )


@T.prim_func(s_tir=True)
def cumsum1M(A: T.Buffer((1048576,), "float32"), B: T.Buffer((1048576,), "float32")):
    totals = T.alloc_buffer((64,), "float32")
    before = T.alloc_buffer((64,), "float32")
    for g in T.parallel(64):
        lanes = T.alloc_buffer((4, 16), "float32", scope="local")
        row = T.alloc_buffer((16,), "float32")
        for u in T.unroll(4):
            for v in T.vectorized(16):
                lanes[u, v] = T.float32(0)
        for k in range(256):
            for u in T.unroll(4):
                for v in T.vectorized(16):
                    lanes[u, v] = lanes[u, v] + A[g * 16384 + k * 64 + u * 16 + v]
        for v in T.vectorized(16):
            row[v] = (lanes[0, v] + lanes[1, v]) + (lanes[2, v] + lanes[3, v])
        totals[g] = T.float32(0)
        for v in range(16):
            totals[g] = totals[g] + row[v]
    before[0] = T.float32(0)
    for g in range(63):
        before[g + 1] = before[g] + totals[g]
    for g in T.parallel(16):
        sums = T.alloc_buffer((4,), "float32", scope="local")
        for u in T.unroll(4):
            sums[u] = before[g * 4 + u]
        for i in range(16384):
            for u in T.unroll(4):
                sums[u] = sums[u] + A[(g * 4 + u) * 16384 + i]
                B[(g * 4 + u) * 16384 + i] = sums[u]


@T.prim_func(s_tir=True)
def i8gemm1024(
    A: T.Buffer((1024, 1024), "int8"), B: T.Buffer((1024, 1024), "int8"), C: T.Buffer((1024, 1024), "int32")
):
    packed = T.alloc_buffer((32, 1024, 32), "int8")
    for jo in T.parallel(32):
        for k in range(1024):
            for v in T.vectorized(32):
                packed[jo, k, v] = B[k, jo * 32 + v]
    for io in T.parallel(128):
        left = T.alloc_buffer((1024, 8), "int32")
        for i in T.unroll(8):
            for k in range(1024):
                left[k, i] = T.cast(A[io * 8 + i, k], "int32")
        for jo in range(32):
            tile = T.alloc_buffer((8, 32), "int32", scope="local")
            for i in T.unroll(8):
                for v in T.vectorized(32):
                    tile[i, v] = 0
            for k in range(1024):
                for i in T.unroll(8):
                    for v in T.vectorized(32):
                        tile[i, v] = tile[i, v] + left[k, i] * T.cast(packed[jo, k, v], "int32")
            for i in T.unroll(8):
                for v in T.vectorized(32):
                    C[io * 8 + i, jo * 32 + v] = tile[i, v]


@T.prim_func(s_tir=True)
def attention(
    Q: T.Buffer((8, 512, 64), "float32"),
    K: T.Buffer((8, 512, 64), "float32"),
    V: T.Buffer((8, 512, 64), "float32"),
    Y: T.Buffer((8, 512, 64), "float32"),
):
    keys = T.alloc_buffer((8, 16, 64, 32), "float32")
    for b in T.parallel(128):
        for k in range(64):
            for j in range(32):
                keys[b // 16, b % 16, k, j] = K[b // 16, b % 16 * 32 + j, k]
    for b in T.parallel(512):
        scores = T.alloc_buffer((8, 512), "float32")
        lanes = T.alloc_buffer((16,), "float32", scope="local")
        row = T.alloc_buffer((16,), "float32")
        most = T.alloc_buffer((1,), "float32")
        total = T.alloc_buffer((8,), "float32")
        for jo in range(16):
            tile = T.alloc_buffer((8, 32), "float32", scope="local")
            for i in T.unroll(8):
                for v in T.vectorized(32):
                    tile[i, v] = T.float32(0)
            for k in range(64):
                for i in T.unroll(8):
                    for v in T.vectorized(32):
                        tile[i, v] = tile[i, v] + Q[b // 64, b % 64 * 8 + i, k] * keys[b // 64, jo, k, v]
            for i in T.unroll(8):
                for v in T.vectorized(32):
                    scores[i, jo * 32 + v] = tile[i, v]
        for i in range(8):
            for v in T.vectorized(16):
                lanes[v] = scores[i, v]
            for k in range(1, 32):
                for v in T.vectorized(16):
                    lanes[v] = T.max(lanes[v], scores[i, k * 16 + v])
            for v in T.vectorized(16):
                row[v] = lanes[v]
            most[0] = row[0]
            for v in range(1, 16):
                most[0] = T.max(most[0], row[v])
            for v in T.vectorized(16):
                lanes[v] = T.float32(0)
            for k in range(32):
                for v in T.vectorized(16):
                    scores[i, k * 16 + v] = T.exp((scores[i, k * 16 + v] - most[0]) * T.float32(0.125))
                for v in T.vectorized(16):
                    lanes[v] = lanes[v] + scores[i, k * 16 + v]
            for v in T.vectorized(16):
                row[v] = lanes[v]
            total[i] = T.float32(0)
            for v in range(16):
                total[i] = total[i] + row[v]
        for eo in range(2):
            result = T.alloc_buffer((8, 32), "float32", scope="local")
            for i in T.unroll(8):
                for v in T.vectorized(32):
                    result[i, v] = T.float32(0)
            for k in range(512):
                for i in T.unroll(8):
                    for v in T.vectorized(32):
                        result[i, v] = result[i, v] + scores[i, k] * V[b // 64, k, eo * 32 + v]
            for i in T.unroll(8):
                for v in T.vectorized(32):
                    Y[b // 64, b % 64 * 8 + i, eo * 32 + v] = result[i, v] / total[i]
