# Another name for the memory does not help.
# RUN: check interp
# REPORT E-REGION 15:13-30
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(A: T.Buffer((8,), "int32"), R: T.Buffer((8,), "int32")):
    V = T.decl_buffer((8,), "int32", data=R.data)
    for i in range(7):
        with T.sblock("R"):
            vi = T.axis.spatial(7, i)
            T.reads(A[vi])
            T.writes(R[vi])
            V[vi + 1] = A[vi]
