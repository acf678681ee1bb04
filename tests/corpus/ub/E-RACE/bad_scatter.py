# Positions from data, two of them equal.
# RUN: check interp
# IN P: int32[4] 3 1 0 1
# REPORT E-RACE 11:9-20
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(P: T.Buffer((4,), "int32"), R: T.Buffer((4,), "int32")):
    for i in T.parallel(4):
        R[P[i]] = i
