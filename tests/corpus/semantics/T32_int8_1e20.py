# T32: float32 1e20 has no int8 (C2); the value saturates.
# IN A: float32[1] 1e20
# OUT R: 127
# REPORT E-CAST 11
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(A: T.Buffer((1,), "float32"), R: T.Buffer((1,), "int8")):
    for i in range(1):
        R[i] = T.Cast("int8", A[i])
