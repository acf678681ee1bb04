# A size given as a scalar that is not the size of the array.
# RUN: check interp
# IN A: int32[4] 1 2 3 4
# SET: n=5
# REPORT E-ARG
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(n: T.int32, a: T.handle, r: T.handle):
    A = T.match_buffer(a, (n,), "int32")
    R = T.match_buffer(r, (n,), "int32")
    for i in range(n):
        R[i] = A[i]
