# `remap` takes the domain from the loop; a loop that begins at 2 does not begin at 0.
# RUN: check interp
# REPORT E-BINDDOM 11:18-38
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(R: T.Buffer((8,), "int32")):
    for i in range(2, 8):
        with T.sblock("R"):
            vi = T.axis.spatial(6, i)
            R[vi] = vi
