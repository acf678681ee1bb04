"""Kernels as one writes them first: no schedule. `python run.py` measures them."""

from tvm.script import tirx as T


def gemm(name, n, dtype, accumulator):
    @T.prim_func(s_tir=True)
    def gemm(
        A: T.Buffer((n, n), dtype), B: T.Buffer((n, n), dtype), C: T.Buffer((n, n), accumulator)
    ):
        for i, j, k in T.grid(n, n, n):
            with T.sblock("C"):
                vi, vj, vk = T.axis.remap("SSR", [i, j, k])
                with T.init():
                    C[vi, vj] = T.cast(0, accumulator)
                C[vi, vj] = C[vi, vj] + T.cast(A[vi, vk], accumulator) * T.cast(
                    B[vk, vj], accumulator
                )

    return gemm.with_attr("global_symbol", name)


sgemm512 = gemm("sgemm512", 512, "float32", "float32")
sgemm1024 = gemm("sgemm1024", 1024, "float32", "float32")
i8gemm1024 = gemm("i8gemm1024", 1024, "int8", "int32")


@T.prim_func(s_tir=True)
def conv3x3(
    X: T.Buffer((64, 56, 56), "float32"),
    W: T.Buffer((64, 64, 3, 3), "float32"),
    Y: T.Buffer((64, 56, 56), "float32"),
):
    P = T.sblock_alloc_buffer((64, 58, 58), "float32")
    for c, y, x in T.grid(64, 58, 58):
        with T.sblock("pad"):
            vc, vy, vx = T.axis.remap("SSS", [c, y, x])
            P[vc, vy, vx] = T.if_then_else(
                vy >= 1 and vy < 57 and vx >= 1 and vx < 57, X[vc, vy - 1, vx - 1], T.float32(0)
            )
    for o, y, x, c, i, j in T.grid(64, 56, 56, 64, 3, 3):
        with T.sblock("conv"):
            vo, vy, vx, vc, vi, vj = T.axis.remap("SSSRRR", [o, y, x, c, i, j])
            with T.init():
                Y[vo, vy, vx] = T.float32(0)
            Y[vo, vy, vx] = Y[vo, vy, vx] + P[vc, vy + vi, vx + vj] * W[vo, vc, vi, vj]


@T.prim_func(s_tir=True)
def dwconv(
    X: T.Buffer((96, 114, 114), "float32"),
    W: T.Buffer((96, 3, 3), "float32"),
    Y: T.Buffer((96, 112, 112), "float32"),
):
    for c, y, x, i, j in T.grid(96, 112, 112, 3, 3):
        with T.sblock("conv"):
            vc, vy, vx, vi, vj = T.axis.remap("SSSRR", [c, y, x, i, j])
            with T.init():
                Y[vc, vy, vx] = T.float32(0)
            Y[vc, vy, vx] = Y[vc, vy, vx] + X[vc, vy + vi, vx + vj] * W[vc, vi, vj]


@T.prim_func(s_tir=True)
def softmax(X: T.Buffer((1024, 1024), "float32"), Y: T.Buffer((1024, 1024), "float32")):
    M = T.sblock_alloc_buffer((1024,), "float32")
    E = T.sblock_alloc_buffer((1024, 1024), "float32")
    S = T.sblock_alloc_buffer((1024,), "float32")
    for i, k in T.grid(1024, 1024):
        with T.sblock("max"):
            vi, vk = T.axis.remap("SR", [i, k])
            with T.init():
                M[vi] = T.min_value("float32")
            M[vi] = T.max(M[vi], X[vi, vk])
    for i, j in T.grid(1024, 1024):
        with T.sblock("exp"):
            vi, vj = T.axis.remap("SS", [i, j])
            E[vi, vj] = T.exp(X[vi, vj] - M[vi])
    for i, k in T.grid(1024, 1024):
        with T.sblock("sum"):
            vi, vk = T.axis.remap("SR", [i, k])
            with T.init():
                S[vi] = T.float32(0)
            S[vi] = S[vi] + E[vi, vk]
    for i, j in T.grid(1024, 1024):
        with T.sblock("divide"):
            vi, vj = T.axis.remap("SS", [i, j])
            Y[vi, vj] = E[vi, vj] / S[vi]


@T.prim_func(s_tir=True)
def layernorm(
    X: T.Buffer((1024, 1024), "float32"),
    G: T.Buffer((1024,), "float32"),
    B: T.Buffer((1024,), "float32"),
    Y: T.Buffer((1024, 1024), "float32"),
):
    S = T.sblock_alloc_buffer((1024,), "float32")
    Q = T.sblock_alloc_buffer((1024,), "float32")
    for i, k in T.grid(1024, 1024):
        with T.sblock("sum"):
            vi, vk = T.axis.remap("SR", [i, k])
            with T.init():
                S[vi] = T.float32(0)
            S[vi] = S[vi] + X[vi, vk]
    for i, k in T.grid(1024, 1024):
        with T.sblock("squares"):
            vi, vk = T.axis.remap("SR", [i, k])
            with T.init():
                Q[vi] = T.float32(0)
            Q[vi] = Q[vi] + (X[vi, vk] - S[vi] / T.float32(1024)) * (
                X[vi, vk] - S[vi] / T.float32(1024)
            )
    for i, j in T.grid(1024, 1024):
        with T.sblock("normalise"):
            vi, vj = T.axis.remap("SS", [i, j])
            Y[vi, vj] = (X[vi, vj] - S[vi] / T.float32(1024)) / T.sqrt(
                Q[vi] / T.float32(1024) + T.float32(1e-5)
            ) * G[vj] + B[vj]


@T.prim_func(s_tir=True)
def gelu16M(X: T.Buffer((16777216,), "float32"), Y: T.Buffer((16777216,), "float32")):
    for i in range(16777216):
        with T.sblock("gelu"):
            vi = T.axis.spatial(16777216, i)
            Y[vi] = X[vi] * T.float32(0.5) * (
                T.float32(1) + T.erf(X[vi] * T.float32(0.7071067811865476))
            )


@T.prim_func(s_tir=True)
def badd4096(
    A: T.Buffer((4096, 4096), "float32"),
    B: T.Buffer((4096,), "float32"),
    C: T.Buffer((4096, 4096), "float32"),
):
    for i, j in T.grid(4096, 4096):
        with T.sblock("add"):
            vi, vj = T.axis.remap("SS", [i, j])
            C[vi, vj] = A[vi, vj] + B[vj]


@T.prim_func(s_tir=True)
def rowsum4096(A: T.Buffer((4096, 4096), "float32"), B: T.Buffer((4096,), "float32")):
    for i, k in T.grid(4096, 4096):
        with T.sblock("sum"):
            vi, vk = T.axis.remap("SR", [i, k])
            with T.init():
                B[vi] = T.float32(0)
            B[vi] = B[vi] + A[vi, vk]


@T.prim_func(s_tir=True)
def colsum4096(A: T.Buffer((4096, 4096), "float32"), B: T.Buffer((4096,), "float32")):
    for j, k in T.grid(4096, 4096):
        with T.sblock("sum"):
            vj, vk = T.axis.remap("SR", [j, k])
            with T.init():
                B[vj] = T.float32(0)
            B[vj] = B[vj] + A[vk, vj]


@T.prim_func(s_tir=True)
def transpose4096(A: T.Buffer((4096, 4096), "float32"), B: T.Buffer((4096, 4096), "float32")):
    for i, j in T.grid(4096, 4096):
        with T.sblock("transpose"):
            vi, vj = T.axis.remap("SS", [i, j])
            B[vi, vj] = A[vj, vi]


@T.prim_func(s_tir=True)
def stencil2048(A: T.Buffer((2050, 2050), "float32"), B: T.Buffer((2048, 2048), "float32")):
    for i, j in T.grid(2048, 2048):
        with T.sblock("stencil"):
            vi, vj = T.axis.remap("SS", [i, j])
            B[vi, vj] = (
                A[vi, vj + 1] + A[vi + 1, vj] + A[vi + 1, vj + 1] + A[vi + 1, vj + 2]
            ) + A[vi + 2, vj + 1]


@T.prim_func(s_tir=True)
def cumsum1M(A: T.Buffer((1048576,), "float32"), B: T.Buffer((1048576,), "float32")):
    with T.sblock("scan"):
        B[0] = A[0]
        for i in range(1048575):
            B[i + 1] = B[i] + A[i + 1]


@T.prim_func(s_tir=True)
def attention(
    Q: T.Buffer((8, 512, 64), "float32"),
    K: T.Buffer((8, 512, 64), "float32"),
    V: T.Buffer((8, 512, 64), "float32"),
    Y: T.Buffer((8, 512, 64), "float32"),
):
    S = T.sblock_alloc_buffer((8, 512, 512), "float32")
    M = T.sblock_alloc_buffer((8, 512), "float32")
    E = T.sblock_alloc_buffer((8, 512, 512), "float32")
    N = T.sblock_alloc_buffer((8, 512), "float32")
    for h, i, j, k in T.grid(8, 512, 512, 64):
        with T.sblock("scores"):
            vh, vi, vj, vk = T.axis.remap("SSSR", [h, i, j, k])
            with T.init():
                S[vh, vi, vj] = T.float32(0)
            S[vh, vi, vj] = S[vh, vi, vj] + Q[vh, vi, vk] * K[vh, vj, vk]
    for h, i, k in T.grid(8, 512, 512):
        with T.sblock("max"):
            vh, vi, vk = T.axis.remap("SSR", [h, i, k])
            with T.init():
                M[vh, vi] = T.min_value("float32")
            M[vh, vi] = T.max(M[vh, vi], S[vh, vi, vk])
    for h, i, j in T.grid(8, 512, 512):
        with T.sblock("exp"):
            vh, vi, vj = T.axis.remap("SSS", [h, i, j])
            E[vh, vi, vj] = T.exp((S[vh, vi, vj] - M[vh, vi]) * T.float32(0.125))
    for h, i, k in T.grid(8, 512, 512):
        with T.sblock("sum"):
            vh, vi, vk = T.axis.remap("SSR", [h, i, k])
            with T.init():
                N[vh, vi] = T.float32(0)
            N[vh, vi] = N[vh, vi] + E[vh, vi, vk]
    for h, i, e, k in T.grid(8, 512, 64, 512):
        with T.sblock("weighted"):
            vh, vi, ve, vk = T.axis.remap("SSSR", [h, i, e, k])
            with T.init():
                Y[vh, vi, ve] = T.float32(0)
            Y[vh, vi, ve] = Y[vh, vi, ve] + E[vh, vi, vk] / N[vh, vi] * V[vh, vk, ve]
