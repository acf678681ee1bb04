# 64 iterations of a parallel loop.
# RUN: check interp diff
# OPTIONS: --max-steps 64
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(A: T.Buffer((64,), "float32"), R: T.Buffer((64,), "float32")):
    for i in T.parallel(64):
        R[i] = A[i] * T.float32(2)
