# A negative factor was read, and lost in print.
# RUN: check
# ERROR TIR0615 10:14
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(A: T.Buffer((8,), "int32")):
    with T.sblock("view"):
        view = T.match_buffer(A[0:8], (8,), "int32", offset_factor=-1)
        view[0] = 1
