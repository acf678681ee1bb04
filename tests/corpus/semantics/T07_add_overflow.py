# T07: int32 maximum plus one overflows (I2); the value wraps.
# IN A: int32[1] 2147483647
# OUT R: -2147483648
# REPORT E-OVERFLOW 11
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(A: T.Buffer((1,), "int32"), R: T.Buffer((1,), "int32")):
    for i in range(1):
        R[i] = A[i] + 1
