# T27: ~ and & on bool are logical (I5).
# IN A: bool[3] 1 0 1
# IN B: bool[3] 1 1 0
# OUT R: 0 1 0
# OUT S: 1 0 0
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(
    A: T.Buffer((3,), "bool"),
    B: T.Buffer((3,), "bool"),
    R: T.Buffer((3,), "bool"),
    S: T.Buffer((3,), "bool"),
):
    for i in range(3):
        R[i] = ~A[i]
        S[i] = A[i] & B[i]
