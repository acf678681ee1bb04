# A reduction whose reduce loop is parallel.
# RUN: check interp
# REPORT E-RACE 15:25-30
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(A: T.Buffer((4, 8), "float32"), R: T.Buffer((4,), "float32")):
    for i in range(4):
        for k in T.parallel(8):
            with T.sblock("R"):
                vi, vk = T.axis.remap("SR", [i, k])
                with T.init():
                    R[vi] = T.float32(0)
                R[vi] = R[vi] + A[vi, vk]
