# T93: an allocation over the limit is refused (M3, D1).
# RUN: interp
# ERROR TIR0614 9
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(R: T.Buffer((1,), "int32")):
    X = T.alloc_buffer((10000, 1000000000), "uint8")
    X[0, 0] = T.uint8(1)
    R[0] = T.Cast("int32", X[0, 0])
