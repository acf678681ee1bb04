# The second operand is not evaluated where the first decides.
# RUN: check interp diff
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(R: T.Buffer((8,), "int32")):
    L = T.alloc_buffer((8,), "int32")
    for i in range(4):
        L[i] = i
    for i in range(8):
        R[i] = 0
        if i < 4 and L[i] > 1:
            R[i] = 1
