# A guard that lets one iteration through.
# RUN: check interp diff
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(R: T.Buffer((1,), "int32")):
    for i in T.parallel(8):
        if i == 7:
            R[0] = 7
