# A fused loop taken apart with the wrong divisor.
# RUN: check interp
# REPORT E-BINDDUP 10:14-27
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(A: T.Buffer((4, 8), "int32"), R: T.Buffer((4, 8), "int32")):
    for f in range(32):
        with T.sblock("R"):
            vi = T.axis.spatial(4, f // 8)
            vj = T.axis.spatial(8, f % 4)
            R[vi, vj] = A[vi, vj]
