# A size that follows from the input.
# RUN: check interp diff
# SET: n=40
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(n: T.int32, R: T.Buffer((1,), "int32")):
    L = T.alloc_buffer((T.Cast("int64", n) * T.int64(40000),), "float32")
    L[0] = T.float32(1)
    R[0] = 1
