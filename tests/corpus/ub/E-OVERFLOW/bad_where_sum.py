# The predicate overflows.
# RUN: check interp
# SET: n=2147483647
# REPORT E-OVERFLOW 13:25-30
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(n: T.int32, R: T.Buffer((4,), "int32")):
    for i in range(4):
        with T.sblock("R"):
            vi = T.axis.spatial(4, i)
            T.where(i < n + 1)
            R[vi] = vi
