# Division of floats by 0 is infinity.
# RUN: check interp diff
# IN A: float32[2] 0 1
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(A: T.Buffer((2,), "float32"), R: T.Buffer((2,), "float32")):
    for i in range(2):
        R[i] = T.float32(1) / A[i]
