# A signed index of 8 bits that wraps.
# RUN: check interp
# SET: n=127
# REPORT E-OOB 10:12-28
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(n: T.int8, A: T.Buffer((256,), "int32"), R: T.Buffer((1,), "int32")):
    R[0] = A[n + T.int8(1)]
