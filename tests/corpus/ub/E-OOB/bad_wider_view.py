# A view of wider elements has fewer of them.
# RUN: check interp
# REPORT E-OOB 11:16-20
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(A: T.Buffer((8,), "int16"), R: T.Buffer((8,), "int32")):
    V = T.decl_buffer((8,), "int32", data=A.data)
    for i in range(8):
        R[i] = V[i]
