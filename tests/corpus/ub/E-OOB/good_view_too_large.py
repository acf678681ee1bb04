# A view with more elements than the memory has, of which those are not touched.
# RUN: check interp diff
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(A: T.Buffer((8,), "int32"), R: T.Buffer((9,), "int32")):
    V = T.decl_buffer((9,), "int32", data=A.data)
    for i in range(8):
        R[i] = V[i]
