# T09: (a * 2) // 2 overflows for a = 2^30 (I2).
# IN A: int32[1] 1073741824
# OUT R: -1073741824
# REPORT E-OVERFLOW 11
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(A: T.Buffer((1,), "int32"), R: T.Buffer((1,), "int32")):
    for i in range(1):
        R[i] = A[i] * 2 // 2
