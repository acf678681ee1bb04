# T51: (a + b) - a is not b (F3).
# IN A: float32[1] 1e20
# IN B: float32[1] 1
# OUT R: 0
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(A: T.Buffer((1,), "float32"), B: T.Buffer((1,), "float32"), R: T.Buffer((1,), "float32")):
    for i in range(1):
        R[i] = (A[i] + B[i]) - A[i]
