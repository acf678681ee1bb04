# T01: floordiv and floormod round toward minus infinity (I3), int8.
# IN A: int8[4] 7 7 -7 -7
# IN B: int8[4] 3 -3 3 -3
# OUT Q: 2 -3 -3 2
# OUT R: 1 -2 2 -1
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(
    A: T.Buffer((4,), "int8"),
    B: T.Buffer((4,), "int8"),
    Q: T.Buffer((4,), "int8"),
    R: T.Buffer((4,), "int8"),
):
    for i in range(4):
        Q[i] = A[i] // B[i]
        R[i] = A[i] % B[i]
