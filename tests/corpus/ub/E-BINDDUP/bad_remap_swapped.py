# One loop is bound to both axes.
# RUN: check interp
# REPORT E-BINDDUP 10:14-27
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(A: T.Buffer((4, 4), "int32"), R: T.Buffer((4, 4), "int32")):
    for i, j in T.grid(4, 4):
        with T.sblock("R"):
            vi, vj = T.axis.remap("SS", [i, i])
            R[vi, vj] = A[vi, vj]
