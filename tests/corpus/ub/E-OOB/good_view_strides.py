# A view whose strides overlap, but stay inside.
# RUN: check interp diff
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(A: T.Buffer((16,), "int32"), R: T.Buffer((4,), "int32")):
    V = T.decl_buffer((4, 4), "int32", data=A.data, strides=[4, 1])
    for i in range(4):
        R[i] = V[3, i]
