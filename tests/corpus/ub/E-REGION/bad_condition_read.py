# A condition reads what is not listed.
# RUN: check interp
# REPORT E-REGION 14:16-21
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(A: T.Buffer((8,), "int32"), M: T.Buffer((8,), "bool"), R: T.Buffer((8,), "int32")):
    for i in range(8):
        with T.sblock("R"):
            vi = T.axis.spatial(8, i)
            T.reads(A[vi])
            T.writes(R[vi])
            if M[vi]:
                R[vi] = A[vi]
            else:
                R[vi] = 0
