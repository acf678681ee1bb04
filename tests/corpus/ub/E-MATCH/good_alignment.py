# A view that has to begin on a multiple of 32 bytes.
# RUN: check interp diff
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(A: T.Buffer((64,), "int32"), R: T.Buffer((1,), "int32")):
    with T.sblock("view"):
        V = T.match_buffer(A[24:40], (16,), "int32", align=32, offset_factor=8)
        R[0] = V[0]
