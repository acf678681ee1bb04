# T12: 100 + 100 > 0 and 127 + 1 > 127 are false in int8 (I1).
# IN A: int8[2] 100 127
# IN B: int8[2] 100 1
# IN C: int8[2] 0 127
# OUT R: 0 0
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(
    A: T.Buffer((2,), "int8"),
    B: T.Buffer((2,), "int8"),
    C: T.Buffer((2,), "int8"),
    R: T.Buffer((2,), "bool"),
):
    for i in range(2):
        R[i] = A[i] + B[i] > C[i]
