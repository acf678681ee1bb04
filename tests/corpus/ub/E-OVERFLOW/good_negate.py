# The largest number has one.
# RUN: check interp diff
# SET: n=2147483647
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(n: T.int32, R: T.Buffer((1,), "int32")):
    R[0] = -n
