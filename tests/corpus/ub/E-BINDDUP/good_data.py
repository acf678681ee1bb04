# Axis values that come from a permutation.
# RUN: check interp diff
# IN P: int32[4] 2 0 3 1
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(P: T.Buffer((4,), "int32"), R: T.Buffer((4,), "int32")):
    for i in range(4):
        with T.sblock("R"):
            vi = T.axis.spatial(4, P[i])
            R[vi] = vi
