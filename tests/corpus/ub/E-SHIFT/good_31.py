# The largest count.
# RUN: check interp diff
# SET: n=31
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(n: T.int32, R: T.Buffer((1,), "int32")):
    R[0] = T.shift_left(1, n)
