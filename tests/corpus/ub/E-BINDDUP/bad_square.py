# Squares of positive and negative numbers.
# RUN: check interp
# REPORT E-BINDDUP 10:14-27
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(R: T.Buffer((10,), "int32")):
    for i in range(-3, 4):
        with T.sblock("R"):
            vi = T.axis.spatial(10, i * i)
            R[vi] = vi
