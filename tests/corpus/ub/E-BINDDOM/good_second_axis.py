# Both axes stay.
# RUN: check interp diff
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(A: T.Buffer((4, 8), "int32"), R: T.Buffer((4, 8), "int32")):
    for i, j in T.grid(4, 8):
        with T.sblock("R"):
            vi = T.axis.spatial(4, i)
            vj = T.axis.spatial(8, j)
            R[vi, vj] = A[vi, vj]
