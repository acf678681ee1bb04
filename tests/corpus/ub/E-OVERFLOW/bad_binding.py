# The value of an axis overflows.
# RUN: check interp
# SET: n=2000000000
# REPORT E-OVERFLOW 12:36-41
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(n: T.int32, R: T.Buffer((4,), "int32")):
    for i in range(4):
        with T.sblock("R"):
            vi = T.axis.spatial(4, i * n // n)
            R[vi] = vi
