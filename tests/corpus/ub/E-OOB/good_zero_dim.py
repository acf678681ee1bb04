# A buffer of no dimensions has one element.
# RUN: check interp diff
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(A: T.Buffer((), "int32"), R: T.Buffer((), "int32")):
    R[()] = A[()]
