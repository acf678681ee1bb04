# A local tile under unrolled and vector loops becomes named vectors; 44 lanes leave some over for narrower ones.
# RUN: check fmt interp run diff
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(
    A: T.Buffer((4, 8), "float32"), B: T.Buffer((8, 44), "float32"), C: T.Buffer((4, 44), "float32")
):
    acc = T.alloc_buffer((4, 44), "float32", scope="local")
    for i in range(4):
        for v in T.vectorized(44):
            acc[i, v] = T.float32(0)
    for k in range(8):
        for i in T.unroll(4):
            for v in T.vectorized(44):
                acc[i, v] = T.max(acc[i, v], T.fma(A[i, k], B[k, v], acc[i, v]))
    for i in range(4):
        for v in T.vectorized(44):
            C[i, v] = acc[i, v]
