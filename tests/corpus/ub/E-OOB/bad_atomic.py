# An atomic update outside.
# RUN: check interp
# IN A: int32[3] 0 3 4
# REPORT E-OOB 11:33-40
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(A: T.Buffer((3,), "int32"), C: T.Buffer((4,), "int32")):
    for i in T.parallel(3):
        T.evaluate(T.atomic_add(C[A[i]], 1))
