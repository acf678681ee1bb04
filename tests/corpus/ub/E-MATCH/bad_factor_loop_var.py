# The offset has to be a multiple of 8; the second one is 4.
# RUN: check interp
# REPORT E-MATCH 13:17-102
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(A: T.Buffer((32,), "int32"), R: T.Buffer((4,), "int32")):
    for i in range(4):
        with T.sblock("view"):
            vi = T.axis.spatial(4, i)
            o = T.int32()
            V = T.match_buffer(A[vi * 4 : vi * 4 + 4], (4,), "int32", elem_offset=o, offset_factor=8)
            R[vi] = V[0]
