# Division by 0 in 8 bits.
# RUN: check interp
# IN A: int8[3] 1 2 0
# REPORT E-DIVZERO 11:16-35
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(A: T.Buffer((3,), "int8"), R: T.Buffer((3,), "int8")):
    for i in T.parallel(3):
        R[i] = T.int8(100) // A[i]
