# A triangle of loops folded onto itself.
# RUN: check interp
# REPORT E-BINDDUP 11:18-31
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(R: T.Buffer((8,), "int32")):
    for i in range(4):
        for j in range(i + 1):
            with T.sblock("R"):
                vi = T.axis.spatial(8, i + j)
                R[vi] = vi
