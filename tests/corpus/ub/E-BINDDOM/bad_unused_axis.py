# The axis is not used, but bound outside its domain.
# RUN: check interp
# REPORT E-BINDDOM 12:18-38
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(R: T.Buffer((8,), "int32")):
    for i in range(8):
        with T.sblock("R"):
            vi = T.axis.spatial(8, i)
            vu = T.axis.spatial(1, i)
            R[vi] = vi
