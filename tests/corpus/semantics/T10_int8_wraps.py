# T10: int8 wraps silently (I1, I2).
# IN A: int8[2] 127 100
# IN B: int8[2] 1 2
# OUT R: -128 102
# OUT S: 127 -56
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(
    A: T.Buffer((2,), "int8"),
    B: T.Buffer((2,), "int8"),
    R: T.Buffer((2,), "int8"),
    S: T.Buffer((2,), "int8"),
):
    for i in range(2):
        R[i] = A[i] + B[i]
        S[i] = A[i] * B[i]
