# T22: int8 64 << 1 wraps (I4).
# IN A: int8[1] 64
# IN B: int8[1] 1
# OUT R: -128
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(A: T.Buffer((1,), "int8"), B: T.Buffer((1,), "int8"), R: T.Buffer((1,), "int8")):
    for i in range(1):
        R[i] = T.shift_left(A[i], B[i])
