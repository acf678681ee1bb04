# Unsigned remainder by 0.
# RUN: check interp
# SET: n=0
# REPORT E-DIVZERO 10:12-27
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(n: T.uint32, R: T.Buffer((1,), "uint32")):
    R[0] = T.uint32(7) % n
