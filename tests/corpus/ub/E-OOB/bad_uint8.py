# An unsigned index is never negative, but may be large.
# RUN: check interp
# SET: n=0
# REPORT E-OOB 10:12-29
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(n: T.uint8, A: T.Buffer((128,), "int32"), R: T.Buffer((1,), "int32")):
    R[0] = A[n - T.uint8(1)]
