# `check_well_formed=False` lets a program stand that uses what nothing defines.
# RUN: check fmt
from tvm.script import tirx as T


@T.prim_func(check_well_formed=False, s_tir=True)
def main(A: T.Buffer((16,), "int32")):
    n = T.int32()
    for i in range(16):
        with T.sblock("B"):
            vi = T.axis.spatial(16, i)
            A[vi] = i + n
