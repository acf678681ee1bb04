# A halo that begins to matter at n = 3.
# RUN: check interp
# IN A: int32[3] 1 2 3
# REPORT E-RACE 14:9-24
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(a: T.handle, r: T.handle):
    n = T.int32()
    A = T.match_buffer(a, (n,), "int32")
    R = T.match_buffer(r, (2,), "int32")
    for i in T.parallel(n):
        R[i % 2] = A[i]
