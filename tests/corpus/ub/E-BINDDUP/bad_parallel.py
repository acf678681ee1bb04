# Two parallel iterations with one axis value.
# RUN: check interp
# REPORT E-BINDDUP 10:14-27
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(R: T.Buffer((4,), "int32")):
    for i in T.parallel(4):
        with T.sblock("R"):
            vi = T.axis.spatial(4, i // 2)
            R[vi] = 1
