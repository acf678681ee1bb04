# A view that begins at an offset and ends behind the memory.
# RUN: check interp
# REPORT E-OOB 11:16-20
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(A: T.Buffer((8,), "int32"), R: T.Buffer((4,), "int32")):
    V = T.decl_buffer((4,), "int32", data=A.data, elem_offset=5)
    for i in range(4):
        R[i] = V[i]
