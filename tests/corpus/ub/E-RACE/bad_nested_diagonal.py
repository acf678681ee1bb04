# Two parallel loops whose sum is the index.
# RUN: check interp
# REPORT E-RACE 11:13-25
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(R: T.Buffer((8,), "int32")):
    for i in T.parallel(4):
        for j in T.parallel(4):
            R[i + j] = 1
