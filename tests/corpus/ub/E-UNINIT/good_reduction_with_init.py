# A sum that starts from 0.
# RUN: check interp diff
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(A: T.Buffer((4, 4), "float32"), R: T.Buffer((4,), "float32")):
    L = T.alloc_buffer((4,), "float32")
    for i, k in T.grid(4, 4):
        with T.sblock("L"):
            vi, vk = T.axis.remap("SR", [i, k])
            with T.init():
                L[vi] = T.float32(0)
            L[vi] = L[vi] + A[vi, vk]
    for i in range(4):
        with T.sblock("R"):
            vi = T.axis.spatial(4, i)
            R[vi] = L[vi]
