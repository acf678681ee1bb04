"""The same kernels, scheduled by hand: tiles, packing, accumulators and vectors, all written as TIR.

Floating point is strict: every sum is added in the order that stands here.
"""

from tvm.script import tirx as T


def sgemm(name, n, rows=8, columns=32, depth=256):
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
    for jo in T.parallel(32):
        sums = T.alloc_buffer((8, 16), "float32", scope="local")
        for u in T.unroll(8):
            for v in T.vectorized(16):
                sums[u, v] = T.float32(0)
        for k in range(4096):
            for u in T.unroll(8):
                for v in T.vectorized(16):
                    sums[u, v] = sums[u, v] + A[k, jo * 128 + u * 16 + v]
        for u in T.unroll(8):
            for v in T.vectorized(16):
                B[jo * 128 + u * 16 + v] = sums[u, v]


@T.prim_func(s_tir=True)
def transpose4096(A: T.Buffer((4096, 4096), "float32"), B: T.Buffer((4096, 4096), "float32")):
    for io in T.parallel(256):
        for jo in range(256):
            tile = T.alloc_buffer((16, 16), "float32", scope="local")
            for j in range(16):
                for v in T.vectorized(16):
                    tile[j, v] = A[jo * 16 + j, io * 16 + v]
            for i in range(16):
                for v in T.vectorized(16):
                    B[io * 16 + i, jo * 16 + v] = tile[v, i]


@T.prim_func(s_tir=True)
def badd4096(
    A: T.Buffer((4096, 4096), "float32"),
    B: T.Buffer((4096,), "float32"),
    C: T.Buffer((4096, 4096), "float32"),
):
    for i in T.parallel(4096):
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
    for c, y, x in T.grid(64, 58, 58):
        P[c, y, x] = T.if_then_else(
            y >= 1 and y < 57 and x >= 1 and x < 57, X[c, y - 1, x - 1], T.float32(0)
        )
    for oo in T.parallel(8):
        for y in range(56):
            for xo in range(7):
                tile = T.alloc_buffer((8, 8), "float32", scope="local")
                for o in T.unroll(8):
                    for v in T.vectorized(8):
                        tile[o, v] = T.float32(0)
                for c in range(64):
                    for i, j in T.grid(3, 3):
                        for o in T.unroll(8):
                            for v in T.vectorized(8):
                                tile[o, v] = (
                                    tile[o, v]
                                    + P[c, y + i, xo * 8 + v + j] * W[oo * 8 + o, c, i, j]
                                )
                for o in T.unroll(8):
                    for v in T.vectorized(8):
                        Y[oo * 8 + o, y, xo * 8 + v] = tile[o, v]


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
