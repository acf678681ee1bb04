# T23: >> is arithmetic on int32 (I4).
# IN A: int32[1] -8
# IN B: int32[1] 1
# OUT R: -4
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(A: T.Buffer((1,), "int32"), B: T.Buffer((1,), "int32"), R: T.Buffer((1,), "int32")):
    for i in range(1):
        R[i] = T.shift_right(A[i], B[i])
