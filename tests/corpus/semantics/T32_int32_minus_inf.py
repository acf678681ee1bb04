# T32: float32 -inf has no int32 (C2); the value saturates.
# IN A: float32[1] -inf
# OUT R: -2147483648
# REPORT E-CAST 11
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(A: T.Buffer((1,), "float32"), R: T.Buffer((1,), "int32")):
    for i in range(1):
        R[i] = T.Cast("int32", A[i])
