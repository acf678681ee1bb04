# A view that has to begin on a multiple of 32 bytes, of a region that begins at byte 16.
# RUN: check interp
# REPORT E-MATCH 10:13-79
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(A: T.Buffer((64,), "int32"), R: T.Buffer((1,), "int32")):
    with T.sblock("view"):
        V = T.match_buffer(A[4:20], (16,), "int32", align=32, offset_factor=1)
        R[0] = V[0]
