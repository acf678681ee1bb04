# A store converts, and the value does not fit.
# RUN: check interp
# IN A: float32[2] 127 128
# REPORT E-CAST 11:9-20
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(A: T.Buffer((2,), "float32"), R: T.Buffer((2,), "int8")):
    for i in T.parallel(2):
        R[i] = A[i]
