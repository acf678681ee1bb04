# 64 bits have counts up to 63.
# RUN: check interp
# SET: n=64
# REPORT E-SHIFT 10:12-41
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(n: T.uint64, R: T.Buffer((1,), "uint64")):
    R[0] = T.shift_right(T.uint64(1), n)
