# The divisor wraps to 0.
# RUN: check interp
# SET: n=255
# REPORT E-DIVZERO 10:12-42
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(n: T.uint8, R: T.Buffer((1,), "uint8")):
    R[0] = T.uint8(9) // (n + T.uint8(1))
