# A branch around the block keeps the first instance away.
# RUN: check interp
# REPORT E-INIT 11:18-31
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(A: T.Buffer((4, 8), "int32"), R: T.Buffer((4,), "int32")):
    for i, k in T.grid(4, 8):
        if i + k >= 3:
            with T.sblock("R"):
                vi, vk = T.axis.remap("SR", [i, k])
                with T.init():
                    R[vi] = 0
                R[vi] = T.max(R[vi], A[vi, vk])
