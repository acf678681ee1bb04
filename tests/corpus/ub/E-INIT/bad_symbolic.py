# A symbolic length, reduced from the end.
# RUN: check interp
# IN A: int32[3] 1 2 3
# REPORT E-INIT 13:14-27
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(a: T.handle, R: T.Buffer((1,), "int32")):
    n = T.int32()
    A = T.match_buffer(a, (n,), "int32")
    for k in range(n):
        with T.sblock("R"):
            vk = T.axis.reduce(n, n - 1 - k)
            with T.init():
                R[0] = 0
            R[0] = T.max(R[0], A[vk])
