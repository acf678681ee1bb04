# -1 is below the range of an unsigned type.
# RUN: check interp
# IN A: float32[2] -0.5 -1
# REPORT E-CAST 11:16-37
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(A: T.Buffer((2,), "float32"), R: T.Buffer((2,), "uint8")):
    for i in range(2):
        R[i] = T.Cast("uint8", A[i])
