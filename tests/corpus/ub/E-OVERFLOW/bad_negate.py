# The smallest number has no counterpart.
# RUN: check interp
# SET: n=-2147483648
# REPORT E-OVERFLOW 10:12-14
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(n: T.int32, R: T.Buffer((1,), "int32")):
    R[0] = -n
