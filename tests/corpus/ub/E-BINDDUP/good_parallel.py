# Parallel iterations with values of their own.
# RUN: check interp diff
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(R: T.Buffer((4,), "int32")):
    for i in T.parallel(4):
        with T.sblock("R"):
            vi = T.axis.spatial(4, 3 - i)
            R[vi] = 1
