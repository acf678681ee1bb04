# Two parallel loops whose digits are the index.
# RUN: check interp diff
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(R: T.Buffer((16,), "int32")):
    for i in T.parallel(4):
        for j in T.parallel(4):
            R[i * 4 + j] = 1
