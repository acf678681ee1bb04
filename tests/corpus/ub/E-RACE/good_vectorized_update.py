# Each lane updates its own element.
# RUN: check interp diff
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(A: T.Buffer((4, 8), "float32"), R: T.Buffer((8,), "float32")):
    for j in range(8):
        R[j] = T.float32(0)
    for i in range(4):
        for j in T.vectorized(8):
            R[j] = R[j] + A[i, j]
