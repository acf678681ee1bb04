# T64: a float sum runs in program order (F3).
# IN A: float32[4] 16777216 1 1 -16777216
# OUT R: 0
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(A: T.Buffer((4,), "float32"), R: T.Buffer((1,), "float32")):
    R[0] = T.float32(0)
    for i in range(4):
        R[0] = R[0] + A[i]
