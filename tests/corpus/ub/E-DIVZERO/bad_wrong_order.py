# The divisor is tested too late.
# RUN: check interp
# IN A: int32[3] 3 0 5
# REPORT E-DIVZERO 12:12-21
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(A: T.Buffer((3,), "int32"), R: T.Buffer((3,), "int32")):
    for i in range(3):
        R[i] = 0
        if 15 % A[i] == 0 and A[i] != 0:
            R[i] = 1
