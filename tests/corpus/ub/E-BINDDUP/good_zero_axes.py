# A block without axes may run again.
# RUN: check interp diff
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(R: T.Buffer((4,), "int32")):
    for r in range(4):
        with T.sblock("R"):
            R[r] = r
