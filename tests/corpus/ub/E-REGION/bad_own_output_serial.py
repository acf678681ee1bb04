# declared regions (own_output).
# REPORT E-REGION 15
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(A: T.Buffer((8,), "int32"), B: T.Buffer((8,), "int32"), R: T.Buffer((8,), "int32")):
    for j in range(8):
        R[j] = 0
    for i in range(7):
        with T.sblock("R"):
            vi = T.axis.spatial(7, i)
            T.reads(A[vi])
            T.writes(R[vi])
            R[vi] = R[vi] + A[vi]
