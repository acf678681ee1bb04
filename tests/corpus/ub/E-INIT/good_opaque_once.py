# With an opaque axis, and each instance once.
# RUN: check interp diff
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(A: T.Buffer((4,), "int32"), R: T.Buffer((2,), "int32")):
    for j, k in T.grid(2, 4):
        with T.sblock("R"):
            vo = T.axis.opaque(2, j)
            vk = T.axis.reduce(4, k)
            with T.init():
                R[vo] = 0
            R[vo] = T.max(R[vo], A[vk])
