# A convolution with padding.
# RUN: check interp diff
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(A: T.Buffer((8,), "float32"), W: T.Buffer((3,), "float32"), R: T.Buffer((8,), "float32")):
    for i, k in T.grid(8, 3):
        with T.sblock("R"):
            vi, vk = T.axis.remap("SR", [i, k])
            with T.init():
                R[vi] = T.float32(0)
            R[vi] = R[vi] + T.if_then_else(1 <= vi + vk and vi + vk < 9, A[vi + vk - 1], T.float32(0)) * W[vk]
