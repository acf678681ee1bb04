# A branch around the block keeps other instances away.
# RUN: check interp diff
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(A: T.Buffer((4, 8), "int32"), R: T.Buffer((4,), "int32")):
    for i, k in T.grid(4, 8):
        if i + k < 9:
            with T.sblock("R"):
                vi, vk = T.axis.remap("SR", [i, k])
                with T.init():
                    R[vi] = 0
                R[vi] = T.max(R[vi], A[vi, vk])
