# Rows and columns must agree across two matrices.
# RUN: check interp
# IN A: float32[2,3] 1 2 3 4 5 6
# IN B: float32[2,2] 1 2 3 4
# REPORT E-ARG
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(a: T.handle, b: T.handle, c: T.handle):
    m = T.int32()
    n = T.int32()
    k = T.int32()
    A = T.match_buffer(a, (m, k), "float32")
    B = T.match_buffer(b, (k, n), "float32")
    C = T.match_buffer(c, (m, n), "float32")
    for i, j, q in T.grid(m, n, k):
        with T.sblock("C"):
            vi, vj, vk = T.axis.remap("SSR", [i, j, q])
            with T.init():
                C[vi, vj] = T.float32(0)
            C[vi, vj] = C[vi, vj] + A[vi, vk] * B[vk, vj]
