# An output that is written before it is read.
# RUN: check interp diff
# OPTIONS: --uninit R
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(A: T.Buffer((8,), "int32"), R: T.Buffer((8,), "int32")):
    for i in range(8):
        R[i] = 0
    for i in range(8):
        R[i] = T.max(R[i], A[i])
