# T20: uint32 with int32 gives uint32 (Y3).
# IN A: uint32[1] 4
# IN B: int32[1] -5
# OUT R: 4294967295
# OUT S: 1
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(
    A: T.Buffer((1,), "uint32"),
    B: T.Buffer((1,), "int32"),
    R: T.Buffer((1,), "uint32"),
    S: T.Buffer((1,), "bool"),
):
    for i in range(1):
        R[i] = A[i] + B[i]
        S[i] = A[i] < B[i]
