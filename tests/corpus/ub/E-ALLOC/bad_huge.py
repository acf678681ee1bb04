# More bytes than 64 bits can count.
# RUN: check interp
# SET: n=4611686018427387904
# REPORT E-ALLOC 10:9-40
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(n: T.int64, R: T.Buffer((1,), "int32")):
    L = T.alloc_buffer((n, n), "int64")
    R[0] = 1
