# The inner loop depends on the outer axis too.
# RUN: check interp diff
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(R: T.Buffer((4, 4), "int32")):
    for i in range(4):
        with T.sblock("outer"):
            vi = T.axis.spatial(4, i)
            T.reads()
            T.writes(R[vi, 0:4])
            for j in range(vi + 1):
                with T.sblock("inner"):
                    vj = T.axis.spatial(vi + 1, j)
                    R[vi, vj] = vj
