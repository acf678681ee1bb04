# A condition on a size.
# RUN: check interp
# IN A: int32[5] 1 2 3 4 5
# REPORT E-ASSERT 12:5-55
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(a: T.handle, R: T.Buffer((1,), "int32")):
    n = T.int32()
    A = T.match_buffer(a, (n,), "int32")
    assert n % 4 == 0, "the length is a multiple of 4"
    R[0] = A[0]
