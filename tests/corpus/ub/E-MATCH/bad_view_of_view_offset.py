# The offset of a view of a view counts from the start of the memory.
# RUN: check interp
# REPORT E-MATCH 12:17-109
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(A: T.Buffer((8, 8), "int32"), R: T.Buffer((1,), "int32")):
    with T.sblock("outer"):
        V = T.match_buffer(A[2:6, 2:6], (4, 4), "int32", strides=[8, 1], offset_factor=1)
        with T.sblock("inner"):
            W = T.match_buffer(V[1:3, 1:3], (2, 2), "int32", strides=[8, 1], elem_offset=9, offset_factor=1)
            R[0] = W[1, 1]
