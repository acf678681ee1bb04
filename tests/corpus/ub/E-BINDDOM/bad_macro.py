# The axis stands in a macro.
# RUN: check interp
# REPORT E-BINDDOM 10:14-34
from tvm.script import tirx as T


@T.macro
def fill(R, n, i):
    with T.sblock("R"):
        vi = T.axis.spatial(n, i)
        R[vi] = 1


@T.prim_func(s_tir=True)
def main(R: T.Buffer((8,), "int32")):
    for i in range(8):
        fill(R, 7, i)
