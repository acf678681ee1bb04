# A function that needs more rows than columns gets them.
# RUN: check interp diff
# IN A: float32[3,2] 1 2 3 4 5 6
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(a: T.handle, r: T.handle):
    n = T.int32()
    A = T.match_buffer(a, (n + 1, n), "float32")
    R = T.match_buffer(r, (n,), "float32")
    for i in range(n):
        R[i] = A[i + 1, i]
