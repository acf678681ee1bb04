# Blocks of a symbolic grid that fit.
# RUN: check interp diff
# IN A: int32[8] 1 2 3 4 5 6 7 8
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(a: T.handle, r: T.handle):
    n = T.int32()
    A = T.match_buffer(a, (n,), "int32")
    R = T.match_buffer(r, (n,), "int32")
    for o, i in T.grid((n + 3) // 4, 4):
        with T.sblock("R"):
            vi = T.axis.spatial(n, T.min(o * 4, n - 4) + i)
            R[vi] = A[vi]
