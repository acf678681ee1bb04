# All four bytes of a word were written.
# RUN: check interp diff
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(R: T.Buffer((1,), "int32")):
    L = T.alloc_buffer((1,), "int32")
    V = T.decl_buffer((2,), "int16", data=L.data)
    V[0] = T.int16(1)
    V[1] = T.int16(2)
    R[0] = L[0]
