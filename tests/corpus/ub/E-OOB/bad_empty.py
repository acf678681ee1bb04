# A buffer without elements has no first one.
# RUN: check interp
# IN A: int32[0]
# REPORT E-OOB 12:12-16
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(a: T.handle, R: T.Buffer((1,), "int32")):
    n = T.int32()
    A = T.match_buffer(a, (n,), "int32")
    R[0] = A[0]
