# Squares of numbers from 0 on.
# RUN: check interp diff
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(R: T.Buffer((10,), "int32")):
    for i in range(4):
        with T.sblock("R"):
            vi = T.axis.spatial(10, i * i)
            R[vi] = vi
