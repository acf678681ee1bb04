# 64 bits have counts up to 63.
# RUN: check interp diff
# SET: n=63
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(n: T.uint64, R: T.Buffer((1,), "uint64")):
    R[0] = T.shift_right(T.uint64(18446744073709551615), n)
