# 2147483647 as float32 is 2147483648.
# RUN: check interp
# SET: n=2147483647
# REPORT E-CAST 10:12-49
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(n: T.int32, R: T.Buffer((1,), "int32")):
    R[0] = T.Cast("int32", T.Cast("float32", n))
