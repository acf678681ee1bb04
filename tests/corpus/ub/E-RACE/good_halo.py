# Views of overlapping tiles, read at their border and written inside.
# RUN: check interp diff
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(A: T.Buffer((18,), "int32"), R: T.Buffer((18,), "int32")):
    for i in T.parallel(4):
        with T.sblock("tile"):
            vi = T.axis.spatial(4, i)
            T.reads(A[vi * 4 : vi * 4 + 5])
            T.writes(R[vi * 4 : vi * 4 + 4])
            V = T.match_buffer(A[vi * 4 : vi * 4 + 5], (5,), "int32", offset_factor=1)
            for k in range(4):
                R[vi * 4 + k] = T.max(V[k], V[k + 1])
