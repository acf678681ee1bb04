# A fused loop over columns and rows.
# RUN: check interp diff
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(A: T.Buffer((4, 4), "int32"), R: T.Buffer((4,), "int32")):
    for f in range(16):
        with T.sblock("R"):
            vi = T.axis.spatial(4, f % 4)
            vk = T.axis.reduce(4, f // 4)
            with T.init():
                R[vi] = 0
            R[vi] = T.max(R[vi], A[vi, vk])
