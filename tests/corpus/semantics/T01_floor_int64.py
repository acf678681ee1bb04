# T01: floordiv and floormod round toward minus infinity (I3), int64.
# IN A: int64[4] 7 7 -7 -7
# IN B: int64[4] 3 -3 3 -3
# OUT Q: 2 -3 -3 2
# OUT R: 1 -2 2 -1
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(
    A: T.Buffer((4,), "int64"),
    B: T.Buffer((4,), "int64"),
    Q: T.Buffer((4,), "int64"),
    R: T.Buffer((4,), "int64"),
):
    for i in range(4):
        Q[i] = A[i] // B[i]
        R[i] = A[i] % B[i]
