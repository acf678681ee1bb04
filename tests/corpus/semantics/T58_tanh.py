# T58: tanh keeps the sign of zero (F8).
# IN A: float32[2] -0.0 0.0
# OUT R: -0.0 0.0
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(A: T.Buffer((2,), "float32"), R: T.Buffer((2,), "float32")):
    for i in range(2):
        R[i] = T.tanh(A[i])
