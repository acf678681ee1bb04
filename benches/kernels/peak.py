"""What the machine can do at most: arithmetic that stays in registers, a copy too large for caches."""

from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def arithmetic(A: T.Buffer((256,), "float32"), B: T.Buffer((64, 256), "float32")):
    for i in T.parallel(64):
        tile = T.alloc_buffer((16, 16), "float32", scope="local")
        for u in T.unroll(16):
            for v in T.vectorized(16):
                tile[u, v] = A[u * 16 + v]
        for k in range(100000):
            for u in T.unroll(16):
                for v in T.vectorized(16):
                    tile[u, v] = T.fma(tile[u, v], T.float32(0.5), T.float32(1))
        for u in T.unroll(16):
            for v in T.vectorized(16):
                B[i, u * 16 + v] = tile[u, v]


@T.prim_func(s_tir=True)
def copy(A: T.Buffer((4096, 16384), "float32"), B: T.Buffer((4096, 16384), "float32")):
    for i in T.parallel(4096):
        for j in range(1024):
            for v in T.vectorized(16):
                B[i, j * 16 + v] = A[i, j * 16 + v]
