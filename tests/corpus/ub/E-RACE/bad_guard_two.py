# A guard that lets two iterations through.
# RUN: check interp
# REPORT E-RACE 11:13-21
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(R: T.Buffer((1,), "int32")):
    for i in T.parallel(8):
        if i >= 6:
            R[0] = 7
