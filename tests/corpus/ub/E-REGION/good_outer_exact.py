# Both blocks are honest.
# RUN: check interp diff
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(A: T.Buffer((4, 8), "int32"), R: T.Buffer((4, 8), "int32")):
    for i in range(4):
        with T.sblock("outer"):
            vi = T.axis.spatial(4, i)
            T.reads(A[vi, 0:8])
            T.writes(R[vi, 0:8])
            for j in range(8):
                with T.sblock("inner"):
                    vj = T.axis.spatial(8, j)
                    T.reads(A[vi, vj])
                    T.writes(R[vi, vj])
                    R[vi, vj] = A[vi, vj]
