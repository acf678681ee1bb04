# T46: max(a, b) is a > b ? a : b (F4).
# IN A: float32[4] nan 1 0.0 -0.0
# IN B: float32[4] 1 nan -0.0 0.0
# OUT R: 1 nan -0.0 0.0
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(A: T.Buffer((4,), "float32"), B: T.Buffer((4,), "float32"), R: T.Buffer((4,), "float32")):
    for i in range(4):
        R[i] = T.max(A[i], B[i])
