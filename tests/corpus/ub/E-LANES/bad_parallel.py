# A vector store in a parallel loop.
# RUN: check interp
# REPORT E-LANES 10:9-58
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(A: T.Buffer((4, 4), "int32"), R: T.Buffer((4, 16), "int32")):
    for i in T.parallel(4):
        R[i, T.ramp(0, 3 - i, 4)] = A[i, T.ramp(0, 1, 4)]
