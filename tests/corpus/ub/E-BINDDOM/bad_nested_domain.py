# The domain of an inner axis depends on the outer one.
# RUN: check interp
# REPORT E-BINDDOM 16:26-51
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(R: T.Buffer((4, 4), "int32")):
    for i in range(4):
        with T.sblock("outer"):
            vi = T.axis.spatial(4, i)
            T.reads()
            T.writes(R[vi, 0:4])
            for j in range(4):
                with T.sblock("inner"):
                    vj = T.axis.spatial(vi + 1, j)
                    R[vi, vj] = vj
