# T54: subnormals are kept (F1).
# IN A: float32[2] 1e-40 1e-30
# IN B: float32[2] 1 1e-10
# OUT R: 0x22d84 2e-30
# OUT S: 1e-40 1e-40
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(
    A: T.Buffer((2,), "float32"),
    B: T.Buffer((2,), "float32"),
    R: T.Buffer((2,), "float32"),
    S: T.Buffer((2,), "float32"),
):
    for i in range(2):
        R[i] = A[i] + A[i]
        S[i] = A[i] * B[i]
