# Lanes within a row of a matrix.
# RUN: check interp
# REPORT E-LANES 10:9-56
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(A: T.Buffer((4,), "int32"), R: T.Buffer((2, 8), "int32")):
    for i in range(2):
        R[i, T.ramp(0, 1, 4) // 2] = A[T.ramp(0, 1, 4)]
