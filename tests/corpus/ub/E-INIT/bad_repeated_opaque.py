# With an opaque axis instances may repeat, but the init may not.
# RUN: check interp
# REPORT E-INIT 10:14-27
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(A: T.Buffer((4,), "int32"), R: T.Buffer((1,), "int32")):
    for j, k in T.grid(2, 4):
        with T.sblock("R"):
            vo = T.axis.opaque(1, 0)
            vk = T.axis.reduce(4, k)
            with T.init():
                R[0] = 0
            R[0] = T.max(R[0], A[vk])
