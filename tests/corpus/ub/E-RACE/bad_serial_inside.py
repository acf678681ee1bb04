# Ordered within an iteration, not between two of them.
# RUN: check interp
# REPORT E-RACE 11:13-29
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(R: T.Buffer((9,), "int32")):
    for i in T.parallel(4):
        for k in range(3):
            R[i * 2 + k] = k
