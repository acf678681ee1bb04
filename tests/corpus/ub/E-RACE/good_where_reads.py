# The predicate of a block reads what no iteration writes.
# RUN: check interp diff
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(F: T.Buffer((9,), "int32")):
    for i in T.parallel(8):
        with T.sblock("F"):
            vi = T.axis.spatial(8, i)
            T.where(F[8] >= -2147483648)
            F[vi] = vi
