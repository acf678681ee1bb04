# Bytes of a float read as bools.
# RUN: check interp
# REPORT E-BOOL 13:12-16
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(A: T.Buffer((1,), "float32"), R: T.Buffer((1,), "int32")):
    V = T.decl_buffer((4,), "bool", data=A.data)
    A[0] = T.float32(1)
    R[0] = 0
    for i in range(4):
        if V[i]:
            R[0] = R[0] + 1
