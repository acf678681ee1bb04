# A size below 0.
# RUN: check interp
# IN A: int32[3] 1 2 3
# REPORT E-ALLOC 12:9-42
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(a: T.handle, R: T.Buffer((1,), "int32")):
    n = T.int32()
    A = T.match_buffer(a, (n,), "int32")
    L = T.alloc_buffer((n - 4,), "int32")
    R[0] = 1
