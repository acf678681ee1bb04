# T91: an extent 2 * n must be twice the extent n (B4).
# RUN: check fmt interp run
# IN a: int32[4] 1 2 3 4
# IN b: int32[7] 1 2 3 4 5 6 7
# REPORT E-ARG
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(a: T.handle, b: T.handle, R: T.Buffer((1,), "int32")):
    n = T.int32()
    A = T.match_buffer(a, (n,), "int32")
    B = T.match_buffer(b, (n * 2,), "int32")
    R[0] = A[0] + B[0]
