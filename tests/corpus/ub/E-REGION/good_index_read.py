# The array of positions is listed.
# RUN: check interp diff
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(A: T.Buffer((8,), "int32"), P: T.Buffer((8,), "int32"), R: T.Buffer((8,), "int32")):
    for i in range(8):
        with T.sblock("R"):
            vi = T.axis.spatial(8, i)
            T.reads(A[0:8], P[vi])
            T.writes(R[vi])
            R[vi] = A[P[vi] & 7]
