# An axis value from data.
# RUN: check interp diff
# IN P: int32[3] 0 2 1
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(P: T.Buffer((3,), "int32"), R: T.Buffer((3,), "int32")):
    for i in range(3):
        with T.sblock("R"):
            vi = T.axis.spatial(3, P[i])
            R[vi] = vi
