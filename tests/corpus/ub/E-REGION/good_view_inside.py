# A view as large as what the block declares.
# RUN: check interp diff
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(A: T.Buffer((8, 8), "int32"), R: T.Buffer((2, 4), "int32")):
    for i in range(2):
        with T.sblock("R"):
            vi = T.axis.spatial(2, i)
            T.reads(A[vi * 4 : vi * 4 + 4, 0:4])
            T.writes(R[vi, 0:4])
            V = T.match_buffer(A[vi * 4 : vi * 4 + 4, 0:4], (4, 4), "int32", offset_factor=1)
            for j in range(4):
                R[vi, j] = V[j, 1]
