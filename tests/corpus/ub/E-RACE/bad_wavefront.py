# A wavefront whose rows are parallel.
# RUN: check interp
# REPORT E-RACE 11:37-48
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(R: T.Buffer((5, 5), "int32")):
    for i in T.parallel(4):
        for j in range(4):
            R[i + 1, j + 1] = T.max(R[i, j + 1], R[i + 1, j])
