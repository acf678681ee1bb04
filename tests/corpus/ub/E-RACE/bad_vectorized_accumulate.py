# A sum over the lanes of a vectorized loop.
# RUN: check interp
# REPORT E-RACE 12:20-24
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(A: T.Buffer((4, 8), "float32"), R: T.Buffer((4,), "float32")):
    for i in range(4):
        R[i] = T.float32(0)
        for j in T.vectorized(8):
            R[i] = R[i] + A[i, j]
