# A triangle of loops laid out in a row.
# RUN: check interp diff
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(R: T.Buffer((10,), "int32")):
    for i in range(4):
        for j in range(i + 1):
            with T.sblock("R"):
                vi = T.axis.spatial(10, i * (i + 1) // 2 + j)
                R[vi] = vi
