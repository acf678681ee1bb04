# T62: everything but zero is true (C3).
# IN A: float32[4] 256 -0.0 nan 1e-45
# OUT R: 1 0 1 1
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(A: T.Buffer((4,), "float32"), R: T.Buffer((4,), "bool")):
    for i in range(4):
        R[i] = T.Cast("bool", A[i])
