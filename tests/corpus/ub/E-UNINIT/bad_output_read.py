# An output that holds nothing when the function starts.
# RUN: check interp
# OPTIONS: --uninit R
# REPORT E-UNINIT 11:22-26
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(A: T.Buffer((8,), "int32"), R: T.Buffer((8,), "int32")):
    for i in range(8):
        R[i] = T.max(R[i], A[i])
