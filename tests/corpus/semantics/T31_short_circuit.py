# T31: and, or stop where the first operand decides (L2).
# IN A: int32[1] 0
# OUT R: 0 1
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(A: T.Buffer((1,), "int32"), B: T.Buffer((8,), "int32"), R: T.Buffer((2,), "bool")):
    R[0] = 0 < A[0] and 0 < B[A[0] + 100]
    R[1] = A[0] == 0 or 3 < T.truncdiv(100, A[0])
