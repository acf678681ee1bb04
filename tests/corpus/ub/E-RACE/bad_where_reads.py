# The predicate of a block reads what another iteration writes.
# RUN: check interp
# REPORT E-RACE 13:13-23
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(F: T.Buffer((9,), "int32")):
    for i in T.parallel(8):
        with T.sblock("F"):
            vi = T.axis.spatial(8, i)
            T.where(F[i + 1] >= -2147483648)
            F[vi] = vi
