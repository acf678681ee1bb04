# A reduction whose spatial loop is parallel.
# RUN: check interp diff
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(A: T.Buffer((4, 8), "float32"), R: T.Buffer((4,), "float32")):
    for i in T.parallel(4):
        for k in range(8):
            with T.sblock("R"):
                vi, vk = T.axis.remap("SR", [i, k])
                with T.init():
                    R[vi] = T.float32(0)
                R[vi] = R[vi] + A[vi, vk]
