# A symbol for each stride of a matrix.
# RUN: check interp diff
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(A: T.Buffer((8, 8), "int32"), R: T.Buffer((1,), "int32")):
    with T.sblock("view"):
        s0 = T.int32()
        s1 = T.int32()
        V = T.match_buffer(A[0:4, 0:4], (4, 4), "int32", strides=[s0, s1], offset_factor=1)
        R[0] = V[1, 1]
