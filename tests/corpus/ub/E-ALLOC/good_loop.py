# Sizes that grow a little.
# RUN: check interp diff
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(R: T.Buffer((8,), "int32")):
    for i in range(8):
        L = T.alloc_buffer((T.shift_left(T.int64(1), T.Cast("int64", i) * T.int64(2)),), "int8")
        L[0] = T.int8(1)
        R[i] = T.Cast("int32", L[0])
