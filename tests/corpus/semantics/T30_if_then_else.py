# T30: if_then_else does not evaluate the arm that is not taken (L1).
# IN A: int32[1] 0
# OUT R: -1 0
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(A: T.Buffer((1,), "int32"), B: T.Buffer((8,), "int32"), R: T.Buffer((2,), "int32")):
    R[0] = T.if_then_else(A[0] != 0, T.truncdiv(100, A[0]), -1)
    R[1] = T.if_then_else(A[0] < 1, A[0], B[A[0] + 100])
