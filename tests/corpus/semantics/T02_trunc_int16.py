# T02: truncdiv and truncmod round toward zero (I3), int16.
# IN A: int16[4] 7 7 -7 -7
# IN B: int16[4] 3 -3 3 -3
# OUT Q: 2 -2 -2 2
# OUT R: 1 1 -1 -1
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(
    A: T.Buffer((4,), "int16"),
    B: T.Buffer((4,), "int16"),
    Q: T.Buffer((4,), "int16"),
    R: T.Buffer((4,), "int16"),
):
    for i in range(4):
        Q[i] = T.truncdiv(A[i], B[i])
        R[i] = T.truncmod(A[i], B[i])
