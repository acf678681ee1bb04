# T21: 1 << 32 shifts by more than an int32 has bits (I4).
# IN A: int32[1] 1
# IN B: int32[1] 32
# OUT R: 1
# REPORT E-SHIFT 12
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(A: T.Buffer((1,), "int32"), B: T.Buffer((1,), "int32"), R: T.Buffer((1,), "int32")):
    for i in range(1):
        R[i] = T.shift_left(A[i], B[i])
