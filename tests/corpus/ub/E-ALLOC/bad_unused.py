# Memory that is not used is memory all the same.
# RUN: check interp
# SET: n=30000
# REPORT E-ALLOC 10:9-42
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(n: T.int32, R: T.Buffer((1,), "int32")):
    L = T.alloc_buffer((n, n), "float32")
    R[0] = 1
