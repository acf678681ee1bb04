# Two arrays that are to be of one length.
# RUN: check interp diff
# IN A: int32[4] 1 2 3 4
# IN B: int32[4] 1 2 3 4
# OUT R: 2 4 6 8
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(a: T.handle, b: T.handle, r: T.handle):
    n = T.int32()
    A = T.match_buffer(a, (n,), "int32")
    B = T.match_buffer(b, (n,), "int32")
    R = T.match_buffer(r, (n,), "int32")
    for i in range(n):
        R[i] = A[i] + B[i]
