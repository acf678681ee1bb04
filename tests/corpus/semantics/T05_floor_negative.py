# T05: floordiv(-1, 8) is -1, floormod(-9, 8) is 7 (I3).
# IN A: int32[2] -1 -9
# IN B: int32[2] 8 8
# OUT Q: -1 -2
# OUT R: 7 7
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(
    A: T.Buffer((2,), "int32"),
    B: T.Buffer((2,), "int32"),
    Q: T.Buffer((2,), "int32"),
    R: T.Buffer((2,), "int32"),
):
    for i in range(2):
        Q[i] = A[i] // B[i]
        R[i] = A[i] % B[i]
