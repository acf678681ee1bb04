# The smallest number divided by -1.
# RUN: check interp
# IN A: int32[2] -2147483647 -2147483648
# REPORT E-OVERFLOW 11:16-50
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(A: T.Buffer((2,), "int32"), R: T.Buffer((2,), "int32")):
    for i in range(2):
        R[i] = T.truncdiv(A[i], A[i] // A[i] - 2)
