# The extent of a loop divides by a size of 0.
# RUN: check interp
# SET: n=0
# REPORT E-DIVZERO 11:20-26
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(n: T.int32, R: T.Buffer((8,), "int32")):
    R[0] = 0
    for i in range(8 // n):
        R[i] = i
