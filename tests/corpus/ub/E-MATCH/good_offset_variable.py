# The offset is a variable of the view.
# RUN: check interp diff
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(A: T.Buffer((32,), "int32"), R: T.Buffer((4,), "int32")):
    for i in range(4):
        with T.sblock("view"):
            vi = T.axis.spatial(4, i)
            o = T.int32()
            V = T.match_buffer(A[vi * 8 : vi * 8 + 8], (8,), "int32", elem_offset=o, offset_factor=8)
            R[vi] = V[0] % 10 + o
