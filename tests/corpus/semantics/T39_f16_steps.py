# T39: float16 is rounded at every node (F1).
# IN A: float16[2] 2048 65504
# IN B: float16[2] 1 16
# OUT R: 2048 inf
# OUT S: 2048 inf
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(
    A: T.Buffer((2,), "float16"),
    B: T.Buffer((2,), "float16"),
    R: T.Buffer((2,), "float16"),
    S: T.Buffer((2,), "float16"),
):
    for i in range(2):
        R[i] = A[i] + B[i] + B[i]
        S[i] = A[i] + B[i]
