# Arrays without elements fit a symbolic size.
# RUN: check interp diff
# IN A: int32[0]
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(a: T.handle, r: T.handle):
    n = T.int32()
    A = T.match_buffer(a, (n,), "int32")
    R = T.match_buffer(r, (n,), "int32")
    for i in range(n):
        R[i] = A[i]
