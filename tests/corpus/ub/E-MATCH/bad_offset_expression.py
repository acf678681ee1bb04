# The written offset follows the axis too slowly.
# RUN: check interp
# REPORT E-MATCH 12:17-99
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(A: T.Buffer((8, 8), "int32"), R: T.Buffer((4,), "int32")):
    for i in range(4):
        with T.sblock("view"):
            vi = T.axis.spatial(4, i)
            V = T.match_buffer(A[vi * 2, 0:8], (8,), "int32", elem_offset=vi * 8, offset_factor=1)
            R[vi] = V[3]
