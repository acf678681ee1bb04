# With n = 2 there are elements enough.
# RUN: check interp diff
# IN A: int32[2] 1 2
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(a: T.handle, r: T.handle):
    n = T.int32()
    A = T.match_buffer(a, (n,), "int32")
    R = T.match_buffer(r, (2,), "int32")
    for i in T.parallel(n):
        R[i % 2] = A[i]
