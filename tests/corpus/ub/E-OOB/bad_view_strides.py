# A view whose strides lead out of the memory.
# RUN: check interp
# REPORT E-OOB 11:16-23
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(A: T.Buffer((16,), "int32"), R: T.Buffer((4,), "int32")):
    V = T.decl_buffer((4, 4), "int32", data=A.data, strides=[5, 1])
    for i in range(4):
        R[i] = V[3, i]
