"""Small programs that random schedules are tried on: chains of blocks, reductions, padding, views."""

from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def chain(A: T.Buffer((6, 8), "int32"), D: T.Buffer((6, 8), "int32")):
    B = T.sblock_alloc_buffer((6, 8), "int32")
    C = T.sblock_alloc_buffer((6, 8), "int32")
    for i, j in T.grid(6, 8):
        with T.sblock("B"):
            vi, vj = T.axis.remap("SS", [i, j])
            B[vi, vj] = A[vi, vj] + 1
    for i, j in T.grid(6, 8):
        with T.sblock("C"):
            vi, vj = T.axis.remap("SS", [i, j])
            C[vi, vj] = B[vi, vj] * 2
    for i, j in T.grid(6, 8):
        with T.sblock("D"):
            vi, vj = T.axis.remap("SS", [i, j])
            D[vi, vj] = C[vi, vj] - B[vi, vj]


@T.prim_func(s_tir=True)
def matmul(A: T.Buffer((5, 6), "int32"), B: T.Buffer((6, 4), "int32"), D: T.Buffer((5, 4), "int32")):
    C = T.sblock_alloc_buffer((5, 4), "int32")
    for i, j, k in T.grid(5, 4, 6):
        with T.sblock("C"):
            vi, vj, vk = T.axis.remap("SSR", [i, j, k])
            with T.init():
                C[vi, vj] = 0
            C[vi, vj] = C[vi, vj] + A[vi, vk] * B[vk, vj]
    for i, j in T.grid(5, 4):
        with T.sblock("D"):
            vi, vj = T.axis.remap("SS", [i, j])
            D[vi, vj] = T.max(C[vi, vj], 0)


@T.prim_func(s_tir=True)
def convolution(X: T.Buffer((2, 6, 6), "int32"), W: T.Buffer((2, 3, 3), "int32"), Y: T.Buffer((6, 6), "int32")):
    P = T.sblock_alloc_buffer((2, 8, 8), "int32")
    for c, y, x in T.grid(2, 8, 8):
        with T.sblock("pad"):
            vc, vy, vx = T.axis.remap("SSS", [c, y, x])
            P[vc, vy, vx] = T.if_then_else(
                1 <= vy and vy < 7 and 1 <= vx and vx < 7, X[vc, vy - 1, vx - 1], 0
            )
    for y, x, c, i, j in T.grid(6, 6, 2, 3, 3):
        with T.sblock("conv"):
            vy, vx, vc, vi, vj = T.axis.remap("SSRRR", [y, x, c, i, j])
            with T.init():
                Y[vy, vx] = 0
            Y[vy, vx] = Y[vy, vx] + P[vc, vy + vi, vx + vj] * W[vc, vi, vj]


@T.prim_func(s_tir=True)
def normalise(A: T.Buffer((4, 9), "int32"), B: T.Buffer((4, 9), "int32")):
    M = T.sblock_alloc_buffer((4,), "int32")
    S = T.sblock_alloc_buffer((4,), "int32")
    for i, k in T.grid(4, 9):
        with T.sblock("M"):
            vi, vk = T.axis.remap("SR", [i, k])
            with T.init():
                M[vi] = T.min_value("int32")
            M[vi] = T.max(M[vi], A[vi, vk])
    for i, k in T.grid(4, 9):
        with T.sblock("S"):
            vi, vk = T.axis.remap("SR", [i, k])
            with T.init():
                S[vi] = 0
            S[vi] = S[vi] + A[vi, vk]
    for i, j in T.grid(4, 9):
        with T.sblock("B"):
            vi, vj = T.axis.remap("SS", [i, j])
            B[vi, vj] = A[vi, vj] * 9 - S[vi] + M[vi]


@T.prim_func(s_tir=True)
def transposed(A: T.Buffer((6, 4), "int32"), C: T.Buffer((24,), "int32")):
    B = T.sblock_alloc_buffer((4, 6), "int32")
    for i, j in T.grid(4, 6):
        with T.sblock("B"):
            vi, vj = T.axis.remap("SS", [i, j])
            B[vi, vj] = A[vj, vi]
    for n in range(24):
        with T.sblock("C"):
            vn = T.axis.spatial(24, n)
            C[vn] = B[vn // 6, vn % 6] + vn


@T.prim_func(s_tir=True)
def tail(A: T.Buffer((10,), "int32"), C: T.Buffer((10,), "int32")):
    B = T.sblock_alloc_buffer((10,), "int32")
    for i0, i1 in T.grid(3, 4):
        with T.sblock("B"):
            vi = T.axis.spatial(10, i0 * 4 + i1)
            T.where(i0 * 4 + i1 < 10)
            B[vi] = A[vi] + vi
    for i0, i1 in T.grid(4, 3):
        with T.sblock("C"):
            vi = T.axis.spatial(10, i0 * 3 + i1)
            T.where(i0 * 3 + i1 < 10)
            C[vi] = B[9 - vi]


@T.prim_func(s_tir=True)
def recurrence(A: T.Buffer((3, 8), "int32"), B: T.Buffer((3, 8), "int32")):
    for i, j in T.grid(3, 8):
        with T.sblock("B"):
            vi, vj = T.axis.remap("SS", [i, j])
            T.reads(A[vi, vj], B[vi, T.max(vj - 1, 0)])
            T.writes(B[vi, vj])
            B[vi, vj] = A[vi, vj] + T.if_then_else(vj > 0, B[vi, T.max(vj - 1, 0)], 0)


@T.prim_func(s_tir=True)
def nested(A: T.Buffer((8, 8), "int32"), C: T.Buffer((8, 8), "int32")):
    B = T.sblock_alloc_buffer((8, 8), "int32")
    for io, jo in T.grid(2, 4):
        with T.sblock("outer"):
            vio, vjo = T.axis.remap("SS", [io, jo])
            for ii, ji in T.grid(4, 2):
                with T.sblock("B"):
                    vi = T.axis.spatial(8, vio * 4 + ii)
                    vj = T.axis.spatial(8, vjo * 2 + ji)
                    B[vi, vj] = A[vj, vi] * 3
    for i, j in T.grid(8, 8):
        with T.sblock("C"):
            vi, vj = T.axis.remap("SS", [i, j])
            C[vi, vj] = B[vi, vj] + B[7 - vi, vj]


@T.prim_func(s_tir=True)
def rows_and_columns(A: T.Buffer((5, 7), "int32"), R: T.Buffer((5,), "int32"), C: T.Buffer((7,), "int32")):
    for i, k in T.grid(5, 7):
        with T.sblock("R"):
            vi, vk = T.axis.remap("SR", [i, k])
            with T.init():
                R[vi] = 0
            R[vi] = R[vi] + A[vi, vk]
    for j, k in T.grid(7, 5):
        with T.sblock("C"):
            vj, vk = T.axis.remap("SR", [j, k])
            with T.init():
                C[vj] = T.max_value("int32")
            C[vj] = T.min(C[vj], A[vk, vj] + R[vk])
