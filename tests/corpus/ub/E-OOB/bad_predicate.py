# The predicate itself reads outside.
# RUN: check interp
# REPORT E-OOB 12:21-29
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(A: T.Buffer((8,), "int32"), R: T.Buffer((8,), "int32")):
    for i in range(8):
        with T.sblock("R"):
            vi = T.axis.spatial(8, i)
            T.where(A[i + 1] >= A[i])
            R[vi] = vi
