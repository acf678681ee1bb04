# A while loop that does not advance once.
# RUN: check interp
# REPORT E-BINDDUP 11:14-27
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(R: T.Buffer((4,), "int32")):
    k: T.int32 = 0
    while k < 8:
        with T.sblock("R"):
            vi = T.axis.spatial(4, k // 2)
            R[vi] = k
        k = k + 1
