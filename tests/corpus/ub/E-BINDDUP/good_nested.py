# The inner block has the same values in each instance of the outer.
# RUN: check interp diff
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(A: T.Buffer((4, 4), "int32"), R: T.Buffer((4, 4), "int32")):
    for i in range(4):
        with T.sblock("outer"):
            vi = T.axis.spatial(4, i)
            T.reads(A[vi, 0:4])
            T.writes(R[vi, 0:4])
            for j in range(4):
                with T.sblock("inner"):
                    vj = T.axis.spatial(4, j)
                    R[vi, vj] = A[vi, vj]
