# A view of the first half, in a function of any length, that takes n to be even.
# RUN: check interp
# IN A: int32[5] 1 2 3 4 5
# REPORT E-MATCH 13:13-83
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(a: T.handle, R: T.Buffer((1,), "int32")):
    n = T.int32()
    A = T.match_buffer(a, (n,), "int32")
    with T.sblock("view"):
        V = T.match_buffer(A[0 : n - n // 2], (n // 2,), "int32", offset_factor=1)
        R[0] = V[0]
