# One iteration sets a flag that the others read.
# RUN: check interp
# REPORT E-RACE 12:13-21
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(A: T.Buffer((8,), "int32"), F: T.Buffer((1,), "int32"), R: T.Buffer((8,), "int32")):
    F[0] = 0
    for i in T.parallel(8):
        if i == 5:
            F[0] = 1
        R[i] = A[i] + F[0]
