# The leading zeros of 0 in 64 bits.
# RUN: check interp
# SET: n=0
# REPORT E-CLZ 10:28-36
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(n: T.int64, R: T.Buffer((1,), "int64")):
    R[0] = T.Cast("int64", T.clz(n))
