# The outer loop is serial: its iterations are ordered.
# RUN: check interp diff
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(A: T.Buffer((4, 4), "int32"), R: T.Buffer((4,), "int32")):
    for i in range(4):
        for j in T.parallel(4):
            R[j] = A[i, j]
