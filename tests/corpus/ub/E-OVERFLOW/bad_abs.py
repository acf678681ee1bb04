# Nor has it an absolute value.
# RUN: check interp
# IN A: int32[2] -5 -2147483648
# REPORT E-OVERFLOW 11:16-27
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(A: T.Buffer((2,), "int32"), R: T.Buffer((2,), "int32")):
    for i in range(2):
        R[i] = T.abs(A[i])
