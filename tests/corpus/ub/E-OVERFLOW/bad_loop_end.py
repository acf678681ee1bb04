# The end of a loop is too large for its type.
# RUN: check interp
# SET: n=127
# REPORT E-OVERFLOW 11:9-50
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(n: T.int8, R: T.Buffer((1,), "int32")):
    R[0] = 0
    for i in T.serial(T.int8(100), n + T.int8(1)):
        R[0] = 1
