# T56: the corners of pow (F8).
# IN A: float32[6] 0 0 -8 -1 nan -0.0
# IN B: float32[6] 0 -1 0.33333334 inf 0 -1
# OUT R: 1 inf nan 1 1 -inf
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(A: T.Buffer((6,), "float32"), B: T.Buffer((6,), "float32"), R: T.Buffer((6,), "float32")):
    for i in range(6):
        R[i] = T.pow(A[i], B[i])
