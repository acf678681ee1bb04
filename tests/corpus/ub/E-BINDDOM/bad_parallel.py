# The last parallel iteration leaves the domain.
# RUN: check interp
# REPORT E-BINDDOM 11:18-38
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(R: T.Buffer((9,), "int32")):
    for i in T.parallel(9):
        with T.sblock("R"):
            vi = T.axis.spatial(8, i)
            R[vi] = vi
