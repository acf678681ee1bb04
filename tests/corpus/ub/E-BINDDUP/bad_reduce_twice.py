# A reduction whose innermost loop no axis sees.
# RUN: check interp
# REPORT E-BINDDUP 10:14-27
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(A: T.Buffer((4, 4), "int32"), R: T.Buffer((4,), "int32")):
    for i, k, u in T.grid(4, 4, 2):
        with T.sblock("R"):
            vi, vk = T.axis.remap("SR", [i, k])
            with T.init():
                R[vi] = 0
            R[vi] = T.max(R[vi], A[vi, vk])
