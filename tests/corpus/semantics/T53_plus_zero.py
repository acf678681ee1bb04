# T53: -0 + 0 is +0 (F3).
# IN A: float32[1] -0.0
# OUT R: 0.0
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(A: T.Buffer((1,), "float32"), R: T.Buffer((1,), "float32")):
    for i in range(1):
        R[i] = A[i] + T.float32(0)
