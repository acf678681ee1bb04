# Unsigned numbers wrap in silence.
# RUN: check interp diff
# SET: n=4294967295
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(n: T.uint32, R: T.Buffer((1,), "uint32")):
    R[0] = n + T.uint32(1) + n * n
