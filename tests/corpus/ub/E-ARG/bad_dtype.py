# A float array for an integer buffer.
# RUN: check interp
# IN A: float32[4] 1 2 3 4
# REPORT E-ARG
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(A: T.Buffer((4,), "int32"), R: T.Buffer((4,), "int32")):
    for i in range(4):
        R[i] = A[i]
