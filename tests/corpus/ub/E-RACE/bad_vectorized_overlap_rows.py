# A transposed copy in place.
# RUN: check interp
# REPORT E-RACE 11:23-30
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(R: T.Buffer((8, 8), "float32")):
    for i in T.parallel(8):
        for j in T.vectorized(8):
            R[i, j] = R[j, i]
