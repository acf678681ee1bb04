# T33: float32 300 has no uint8 (C2); the value saturates.
# IN A: float32[1] 300
# OUT R: 255
# REPORT E-CAST 11
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(A: T.Buffer((1,), "float32"), R: T.Buffer((1,), "uint8")):
    for i in range(1):
        R[i] = T.Cast("uint8", A[i])
