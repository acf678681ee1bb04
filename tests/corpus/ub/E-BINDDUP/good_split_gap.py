# Tiles of three at a distance of four.
# RUN: check interp diff
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(A: T.Buffer((16,), "int32"), R: T.Buffer((16,), "int32")):
    for o, i in T.grid(4, 3):
        with T.sblock("R"):
            vi = T.axis.spatial(16, o * 4 + i)
            R[vi] = A[vi]
