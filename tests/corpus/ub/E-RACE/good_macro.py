# The store stands in a macro.
# RUN: check interp diff
from tvm.script import tirx as T


@T.macro
def put(R, i, v):
    R[i] = v


@T.prim_func(s_tir=True)
def main(R: T.Buffer((8,), "int32")):
    for i in T.parallel(8):
        put(R, i, i)
