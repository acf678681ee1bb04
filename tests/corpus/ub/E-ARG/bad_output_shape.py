# The array for the output is too small.
# RUN: check interp
# IN R: int32[3] 0 0 0
# REPORT E-ARG
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(A: T.Buffer((4,), "int32"), R: T.Buffer((4,), "int32")):
    for i in T.parallel(4):
        R[i] = A[i]
