# The declared region shrinks, the access does not.
# RUN: check interp
# REPORT E-REGION 14:21-30
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(A: T.Buffer((8,), "int32"), R: T.Buffer((4,), "int32")):
    for i in range(4):
        with T.sblock("R"):
            vi = T.axis.spatial(4, i)
            T.reads(A[vi : T.min(vi + 4, 6)])
            T.writes(R[vi])
            R[vi] = A[vi + 3]
