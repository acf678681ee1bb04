# A whole nest repeated by a loop around it.
# RUN: check interp
# REPORT E-BINDDUP 11:18-31
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(A: T.Buffer((4,), "int32"), R: T.Buffer((4,), "int32")):
    for r in range(2):
        for i in range(4):
            with T.sblock("R"):
                vi = T.axis.spatial(4, i)
                R[vi] = A[vi]
