# Tiles of four at a distance of three.
# RUN: check interp
# REPORT E-BINDDUP 10:14-27
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(A: T.Buffer((16,), "int32"), R: T.Buffer((16,), "int32")):
    for o, i in T.grid(4, 4):
        with T.sblock("R"):
            vi = T.axis.spatial(16, o * 3 + i)
            R[vi] = A[vi]
