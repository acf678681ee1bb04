# A size that is half of another, rounded down.
# RUN: check interp diff
# IN A: int32[5] 1 2 3 4 5
# IN B: int32[2] 1 2
# OUT R: 2 5
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(a: T.handle, b: T.handle, r: T.handle):
    n = T.int32()
    A = T.match_buffer(a, (n,), "int32")
    B = T.match_buffer(b, (n // 2,), "int32")
    R = T.match_buffer(r, (n // 2,), "int32")
    for i in range(n // 2):
        R[i] = A[2 * i] + B[i]
