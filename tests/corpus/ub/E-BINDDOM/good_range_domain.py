# A domain that begins where the loop begins.
# RUN: check interp diff
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(R: T.Buffer((8,), "int32")):
    for i in range(2, 8):
        with T.sblock("R"):
            vi = T.axis.spatial((2, 8), i)
            R[vi] = vi
