# T57: the corners of exp, log and sqrt (F8).
# IN A: float32[2] 88.73 -104
# IN B: float32[2] 0 -1
# IN C: float32[2] -0.0 4
# OUT R: inf 0
# OUT S: -inf nan
# OUT Q: -0.0 2
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(
    A: T.Buffer((2,), "float32"),
    B: T.Buffer((2,), "float32"),
    C: T.Buffer((2,), "float32"),
    R: T.Buffer((2,), "float32"),
    S: T.Buffer((2,), "float32"),
    Q: T.Buffer((2,), "float32"),
):
    for i in range(2):
        R[i] = T.exp(A[i])
        S[i] = T.log(B[i])
        Q[i] = T.sqrt(C[i])
