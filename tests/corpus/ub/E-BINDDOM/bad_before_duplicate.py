# Outside of the domain, and a duplicate: the domain comes first.
# RUN: check interp
# REPORT E-BINDDOM 11:18-38
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(R: T.Buffer((16,), "int32")):
    for i in range(2):
        with T.sblock("R"):
            vi = T.axis.spatial(4, 9)
            R[vi] = 1
