# The reduction is counted down in a while loop.
# RUN: check interp
# REPORT E-INIT 11:14-27
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(A: T.Buffer((8,), "int32"), R: T.Buffer((1,), "int32")):
    k: T.int32 = 7
    while k >= 0:
        with T.sblock("R"):
            v0 = T.axis.spatial(1, 0)
            vk = T.axis.reduce(8, k)
            with T.init():
                R[v0] = 0
            R[v0] = T.max(R[v0], A[vk])
        k = k - 1
