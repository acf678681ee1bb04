# An atomic update outside of the declared writes.
# RUN: check interp
# REPORT E-REGION 14:37-46
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(A: T.Buffer((8,), "int32"), C: T.Buffer((4,), "int32")):
    for i in range(8):
        with T.sblock("C"):
            vi = T.axis.opaque(8, i)
            T.reads(A[vi], C[0:4])
            T.writes(C[0:2])
            T.evaluate(T.atomic_add(C[vi % 4], 1))
