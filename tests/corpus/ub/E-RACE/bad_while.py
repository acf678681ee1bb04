# A while loop in a parallel loop that walks into its neighbour.
# RUN: check interp
# REPORT E-RACE 12:13-29
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(R: T.Buffer((20,), "int32")):
    for i in T.parallel(4):
        k: T.int32 = 0
        while k < 5:
            R[i * 4 + k] = k
            k = k + 1
