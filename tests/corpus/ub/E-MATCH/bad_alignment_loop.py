# Tiles of 8 bytes, aligned to 16: the second one is not.
# RUN: check interp
# REPORT E-MATCH 12:17-97
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(A: T.Buffer((16,), "int16"), R: T.Buffer((4,), "int16")):
    for i in range(4):
        with T.sblock("view"):
            vi = T.axis.spatial(4, i)
            V = T.match_buffer(A[vi * 4 : vi * 4 + 4], (4,), "int16", align=16, offset_factor=4)
            R[vi] = V[0]
