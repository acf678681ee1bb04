# Near miss: T.shift_left(A[i], B[i]) in the context `lazy`.
# IN A: int32[8] 1 2 3 4 5 6 7 8
# IN B: int32[8] 1 2 3 4 5 31 7 8
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(A: T.Buffer((8,), "int32"), B: T.Buffer((8,), "int32"), R: T.Buffer((8,), "int32")):
    for i in range(8):
        R[i] = T.if_then_else(i < 3, T.int32(0), T.shift_left(A[i], B[i]))
