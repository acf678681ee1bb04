# Axis values that come from data with a repeated element.
# RUN: check interp
# IN P: int32[4] 2 0 3 2
# REPORT E-BINDDUP 11:14-27
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(P: T.Buffer((4,), "int32"), R: T.Buffer((4,), "int32")):
    for i in range(4):
        with T.sblock("R"):
            vi = T.axis.spatial(4, P[i])
            R[vi] = vi
