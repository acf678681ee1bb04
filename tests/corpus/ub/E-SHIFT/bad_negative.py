# A negative count is a huge one.
# RUN: check interp
# SET: n=-1
# REPORT E-SHIFT 10:12-30
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(n: T.int32, R: T.Buffer((1,), "int32")):
    R[0] = T.shift_left(1, n)
