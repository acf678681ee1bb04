# A variable that is given a value.
# RUN: check interp diff
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(R: T.Buffer((1,), "int32")):
    x: T.int32
    x = 3
    R[0] = x
