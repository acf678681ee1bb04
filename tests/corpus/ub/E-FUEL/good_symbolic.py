# The extent comes from the size of an array.
# RUN: check interp diff
# OPTIONS: --max-steps 20
# IN A: int32[20] 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(a: T.handle, r: T.handle):
    n = T.int32()
    A = T.match_buffer(a, (n,), "int32")
    R = T.match_buffer(r, (n,), "int32")
    for i in range(n):
        R[i] = A[i] + 1
