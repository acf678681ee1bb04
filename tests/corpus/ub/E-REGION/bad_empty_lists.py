# A block with an axis that lists nothing, and does something.
# RUN: check interp
# REPORT E-REGION 14:21-26
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(A: T.Buffer((8,), "int32"), R: T.Buffer((8,), "int32")):
    for i in range(8):
        with T.sblock("R"):
            vi = T.axis.spatial(8, i)
            T.reads()
            T.writes()
            R[vi] = A[vi]
