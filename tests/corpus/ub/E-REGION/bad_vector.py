# A vector store beyond the declared lanes.
# RUN: check interp
# REPORT E-REGION 14:13-62
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(A: T.Buffer((16,), "float32"), R: T.Buffer((16,), "float32")):
    for i in range(2):
        with T.sblock("R"):
            vi = T.axis.spatial(2, i)
            T.reads(A[vi * 8 : vi * 8 + 8])
            T.writes(R[vi * 8 : vi * 8 + 4])
            R[T.ramp(vi * 8, 1, 8)] = A[T.ramp(vi * 8, 1, 8)]
