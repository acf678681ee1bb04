# A signed index of 8 bits.
# RUN: check interp diff
# SET: n=127
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(n: T.int8, A: T.Buffer((128,), "int32"), R: T.Buffer((1,), "int32")):
    R[0] = A[n]
