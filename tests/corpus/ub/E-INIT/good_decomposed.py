# No init: an update that goes on from what stands there may come in any order.
# RUN: check interp diff
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(A: T.Buffer((8,), "int32"), R: T.Buffer((1,), "int32")):
    with T.sblock("zero"):
        R[0] = 0
    for k in range(8):
        with T.sblock("R"):
            vk = T.axis.reduce(8, 7 - k)
            R[0] = T.max(R[0], A[vk])
