# A domain without elements.
# RUN: check interp
# REPORT E-BINDDOM 12:18-38
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(R: T.Buffer((1,), "int32")):
    R[0] = 0
    for i in range(1):
        with T.sblock("R"):
            vi = T.axis.spatial(0, i)
            R[0] = 1
