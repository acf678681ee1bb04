# The region is right for even n.
# RUN: check interp diff
# IN A: int32[4] 1 2 3 4
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(a: T.handle, R: T.Buffer((1,), "int32")):
    n = T.int32()
    A = T.match_buffer(a, (n,), "int32")
    for k in range(n):
        with T.sblock("R"):
            vk = T.axis.reduce(n, k)
            T.reads(A[0 : n // 2 * 2])
            T.writes(R[0])
            with T.init():
                R[0] = 0
            R[0] = T.max(R[0], A[vk])
