# An index from data.
# RUN: check interp diff
# IN P: int32[3] 0 7 3
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(P: T.Buffer((3,), "int32"), A: T.Buffer((8,), "int32"), R: T.Buffer((3,), "int32")):
    for i in T.parallel(3):
        R[i] = A[P[i]]
